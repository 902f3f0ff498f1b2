import { viewOf } from '../../core/cards/of-pool.ts'
import { reported } from '../../core/model/sample.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { oddityOf } from '../../core/policy/findings/words.ts'
import type { Live } from '../../core/model/live.ts'
import type { StatusView } from '../../core/model/view.ts'
import { silentMembers } from '../../core/alarms/alarms.ts'
import { standingOf } from '../loop/memory.ts'
import { statusView, type Present } from '../../core/cards/views/status.ts'
import type { Services } from '../services.ts'

/** `named`: its team has several pools. Present figures of every member and of the whole front, from the agents and the balancer; what can't be had is null. */
export async function live(services: Services, state: PoolState, named: boolean): Promise<Live> {
  const now = services.now()
  const { pool, members } = state
  const ids = members.map((member) => member.id)
  const [latest, backends] = await Promise.all([
    services.series.latest(pool.id, ids),
    pool.phase === 'ready' ? services.balancerWatch.look(services, state).then((reading) => reading.backends) : null,
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
      load: fresh ? (reported(latest[member.id]?.stats, pool.policy.stat) ?? null) : null,
      rps: backend?.rps ?? null,
      silent: silent.includes(member.id),
      odd: oddityOf(standing, member.id),
    }
  }
  const told = (figure: 'rps' | 'p95Ms' | 'atMember'): readonly number[] =>
    (backends ?? []).map((backend) => backend[figure]).filter((value) => value !== null)
  return {
    at: now,
    status: viewOf(statusView(state, present, now), { id: pool.id, name: pool.name, named }),
    rps: sum(told('rps')),
    p95Ms: told('p95Ms').length === 0 ? null : Math.max(...told('p95Ms')),
    inFlight: sum(told('atMember')),
  }
}

/** null: nobody told a figure, which is not zero. */
function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0)
}

export async function status(services: Services, state: PoolState, named: boolean): Promise<StatusView> {
  return (await live(services, state, named)).status
}
