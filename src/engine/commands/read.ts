import type { PoolState } from '../../core/pool/state.ts'
import type { Decision } from '../../core/model/decision.ts'
import { SpinupError } from '../../core/model/error.ts'
import { didYouMean } from '../../core/model/nearest.ts'
import { counts } from '../../core/model/member.ts'
import { oddityOf } from '../../core/policy/findings/words.ts'
import type { Live } from '../../core/model/live.ts'
import type { StatsView, StatusView, View } from '../../core/model/view.ts'
import { unitOf } from '../../core/model/words.ts'
import { silentMembers } from '../alarms.ts'
import { standingOf } from '../finding-alarms.ts'
import { beginning, saveChart } from '../narrate/chart.ts'
import { statusView, type Present } from '../narrate/status.ts'
import type { Services } from '../services.ts'
import { answer } from './answer.ts'

/** Present figures of every member and of the whole front, from the agents and the balancer; what can't be had is null. */
export async function live(services: Services, state: PoolState): Promise<Live> {
  const now = services.now()
  const { pool, members } = state
  const ids = members.map((member) => member.id)
  const [latest, backends] = await Promise.all([
    services.series.latest(pool.id, ids),
    pool.phase === 'ready' ? services.sights.look(services, state).then((sight) => sight.backends) : null,
  ])
  const observation = {
    poolId: pool.id,
    pin: null,
    pause: null,
    members: members.map((member) => ({
      id: member.id,
      phase: member.phase,
      ageMs: now - member.phaseAt,
      removable: false,
      stats: null,
      lastSampleAt: latest[member.id]?.at ?? null,
    })),
  }
  const silent = silentMembers(state, observation, now)
  const standing = standingOf(services, state)
  const present: Record<string, Present> = {}
  for (const member of members) {
    const backend = backends?.find((candidate) => candidate.url === member.url)
    const fresh = (latest[member.id]?.at ?? 0) > now - pool.policy.staleAfterMs
    present[member.id] = {
      load: fresh ? (latest[member.id]?.stats[pool.policy.stat] ?? null) : null,
      rps: backend?.rps ?? null,
      silent: silent.includes(member.id),
      odd: oddityOf(standing, member.id),
    }
  }
  const told = (figure: 'rps' | 'p95Ms' | 'atMember'): readonly number[] =>
    (backends ?? []).map((backend) => backend[figure]).filter((value) => value !== null)
  return {
    at: now,
    status: statusView(state, present, now),
    rps: sum(told('rps')),
    p95Ms: told('p95Ms').length === 0 ? null : Math.max(...told('p95Ms')),
    inFlight: sum(told('atMember')),
  }
}

/** null: nobody told a figure, which is not zero. */
function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0)
}

export async function status(services: Services, state: PoolState): Promise<StatusView> {
  return (await live(services, state)).status
}

const POINTS = 300

/** Numbers and a chart of a stat over the last `rangeMs`; of one member, or of the pool and each member. */
export async function stats(
  services: Services,
  state: PoolState,
  wish: { readonly stat: string | null; readonly rangeMs: number; readonly member: string | null },
): Promise<StatsView> {
  const { pool } = state
  const available = await services.series.statNames(pool.id)
  const stat = wish.stat ?? pool.policy.stat
  if (!available.includes(stat)) {
    const known = available.length === 0 ? 'none has been reported yet' : `there are ${available.join(', ')}`
    throw new SpinupError('notFound', `No statistic called ${stat}: ${known}.${didYouMean(stat, available)}`)
  }
  if (wish.member !== null && !state.members.some((member) => member.id === wish.member)) {
    const names = state.members.map((member) => member.id)
    const meant = didYouMean(wish.member, names)
    throw new SpinupError(
      'notFound',
      `There is no member called ${wish.member}; there are ${names.join(', ')}.${meant}`,
    )
  }
  const toAt = services.now()
  const fromAt = toAt - wish.rangeMs
  const members = state.members.filter((member) => counts(member)).map((member) => member.id)
  const range = (memberId: string | null): ReturnType<Services['series']['range']> =>
    services.series.range(pool.id, memberId, stat, fromAt, toAt, POINTS)
  const [whole, perMember, latest] = await Promise.all([
    range(wish.member),
    Promise.all(members.map(range)),
    services.series.latest(pool.id, members),
  ])
  const values = whole.value.filter((value) => value !== null)
  const chart = await saveChart(services, state, `stats-${services.newId()}`, {
    stat,
    fromAt,
    toAt,
    memberIds: wish.member === null ? [] : [wish.member],
  })
  const nows = members.map((id) => latest[id]?.stats[stat] ?? null)
  const heard = (wish.member === null ? nows : [latest[wish.member]?.stats[stat] ?? null]).filter(
    (value) => value !== null,
  )
  return {
    kind: 'stats',
    pool: pool.name,
    stat,
    fromAt,
    toAt,
    now: heard.length === 0 ? null : mean(heard),
    mean: values.length === 0 ? null : mean(values),
    max: values.length === 0 ? null : Math.max(...values),
    p95: quantile(values, 0.95),
    unit: unitOf(stat),
    perMember: members.map((id, index) => {
      const own = (perMember[index]?.value ?? []).filter((value) => value !== null)
      return { id, now: nows[index] ?? null, mean: own.length === 0 ? null : mean(own) }
    }),
    available,
    chart,
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null
}

/** So many decisions are kept. */
const ALL = 1000

/** The decision of that id; null: the present one, and before it the last one that changed something. */
export async function why(services: Services, state: PoolState, id: string | null): Promise<readonly View[]> {
  const { pool, decision } = state
  const kept = await services.store.decisions(pool.id, id === null ? 200 : ALL)
  const shown = id === null ? newest(kept, decision) : kept.filter((one) => one.id === id).slice(0, 1)
  if (shown.length === 0) {
    const [title, text] =
      id === null
        ? ['Nothing was decided yet', 'The first decision comes with the first samples. See /spinup status.']
        : ['That decision is no longer known', 'The newest ones are: /spinup why.']
    return [{ ...answer('info', title, text), private: true }]
  }
  return Promise.all(
    shown.map(async (one): Promise<View> => {
      const chart = await saveChart(services, state, `why-${one.id}`, {
        stat: pool.policy.stat,
        fromAt: beginning(state, one.at, 10 * 60_000),
        toAt: one.at,
        memberIds: [],
      })
      return { kind: 'decision', pool: pool.name, decision: one, observedOnly: pool.policy.mode === 'observe', chart }
    }),
  )
}

function newest(kept: readonly Decision[], present: Decision | null): readonly Decision[] {
  if (present === null) return []
  const lastChange = kept.find(({ kind }) => kind !== 'hold')
  return lastChange === undefined || lastChange.id === present.id ? [present] : [lastChange, present]
}
