import { createHash } from 'node:crypto'
import { liveOf } from '../../core/cards/views/status.ts'
import { TRAIL_MS, type Live, type Trail, type Trails } from '../../core/model/message.ts'
import type { StatusView } from '../../core/model/view.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { isOvertaken, presentJudgement } from '../../core/pool/present.ts'
import type { Latest } from '../../core/pool/observation.ts'
import type { Decision } from '../../core/model/decision.ts'
import { goesByOthers, rememberedOf, saidBootMs, standingOf } from '../loop/memory.ts'
import type { Services } from '../services.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { Place } from '../../core/model/platforms.ts'

/** `named`: its team has several pools. Present figures of every member and of the whole front, from the agents and the balancer; what can't be had is null. */
export async function live(services: Services, state: PoolState, named: boolean): Promise<Live> {
  const now = services.now()
  const { pool, members } = state
  const ids = members.map((member) => member.id)
  const [latest, reading] = await Promise.all([
    services.series.latest(pool.id, ids),
    pool.phase === 'ready' ? services.balancerWatch.look(services, state) : null,
  ])
  const decision = await presentDecision(services, state, latest)
  const windows = services.calendar.open(pool.policy.calendar, now)
  const standing = standingOf(services, state)
  return liveOf({ ...state, decision }, { latest, backends: reading?.backends ?? null, standing, windows }, named, now)
}

/**
 * The decision that holds now: the last one, or, where a command changed the pool since, what the judgement makes of it as it
 * is. That one is not recorded: the tick which the command woke makes its own.
 */
export async function presentDecision(services: Services, state: PoolState, latest?: Latest): Promise<Decision | null> {
  const { pool, members, decision } = state
  if (pool.phase !== 'ready' || !isOvertaken(state)) return decision
  const now = services.now()
  const memory = rememberedOf(services, state, now)
  const [samples, reading, bootMs] = await Promise.all([
    latest ??
      services.series.latest(
        pool.id,
        members.map(({ id }) => id),
      ),
    services.balancerWatch.look(services, state),
    goesByOthers(memory.load?.boots ?? []) ? saidBootMs(services, pool) : pool.bootMs,
  ])
  const windows = services.calendar.open(pool.policy.calendar, now)
  return {
    ...presentJudgement(state, { latest: samples, reading, windows, bootMs, memory }, now),
    id: services.newId(),
  }
}

/** A pool's load over the last minutes, every 5 s, by its id, and the requests that this bot saw meanwhile. */
export async function trailOf(
  services: Services,
  state: PoolState,
): Promise<readonly [id: string, trail: Trails[string]]> {
  const { pool } = state
  const { stat } = pool.policy
  const now = services.now()
  const stretches = await services.series.together(pool.id, stat, now - TRAIL_MS, now)
  const points: Trail = [
    ...stretches.map(({ toAt, mean }) => [toAt, mean, null] as const),
    ...services.balancerWatch
      .traffic(state)
      .filter(([at]) => at > now - TRAIL_MS && at <= now)
      .map(([at, rps]) => [at, null, rps] as const),
  ]
  return [pool.id, { stat, points: points.toSorted(([a], [b]) => a - b) }]
}

export async function status(services: Services, state: PoolState, named: boolean): Promise<StatusView> {
  return (await live(services, state, named)).status
}

/** Tells two policies apart. */
export function policyMark(policy: Policy): string {
  return createHash('sha256').update(inOrder(policy)).digest('hex').slice(0, 12)
}

/** JSON whose keys are in order: a policy read back may have them in another. */
function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOrder).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${inOrder(one)}`).join(',')}}`
}

/** The pools that may be seen and steered by a tenant (null: the installation's own team), oldest first. */
export async function poolsSeen(
  services: Pick<Services, 'store'>,
  tenant: string | null,
): Promise<readonly PoolState[]> {
  const states = await Promise.all((await services.store.of(tenant)).map((poolId) => services.store.load(poolId)))
  return states.filter((state) => state !== null).toSorted((a, b) => a.pool.createdAt - b.pool.createdAt)
}

/** IANA name of the clock that times of day are meant by in a channel: its own, else its team's pool's, else UTC. */
export async function timeZoneAt(services: Services, place: Place): Promise<string> {
  const channel = await services.notices.settings(place)
  if (channel !== null && channel !== 'always' && channel.timeZone !== null) return channel.timeZone
  return (await poolsSeen(services, place.tenant))[0]?.pool.policy.timeZone ?? 'UTC'
}
