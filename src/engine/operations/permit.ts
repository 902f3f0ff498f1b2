import type { Operation } from '../../core/model/operation.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { maybeMade } from '../../core/operation/maybe-made.ts'
import type { Bound } from '../../core/model/bound.ts'
import { fresh } from './fresh.ts'
import { maximumOf } from '../../core/pool/capacity.ts'
import type { Services } from '../services.ts'
import { operationTag, poolTag } from '../../core/pool/tags.ts'

/** What an operation may make a droplet within, as things are now; null: another bot has gone on with it. */
export async function permit(services: Services, { poolId, id, version }: Operation): Promise<Bound | null> {
  const state = await fresh(services.elapsed, () => services.store.load(poolId))
  const own = state?.operations.find((one) => one.id === id && one.version === version)
  if (state === null || own === undefined) return null
  const max = maximumOf(state.pool.policy, services.calendar.open(state.pool.policy.calendar, services.now()))
  // The one that a refresh has under way, and no other.
  const extra =
    state.refresh?.stage === 'working' && state.refresh.operationId === id ? state.pool.policy.refreshExtra : 0
  return boundOf(state, own, max + extra, { now: services.now(), timing: services.timing(state.pool) })
}

/**
 * Pure. The team's own droplet has a place and does not carry the tag. Of operations that make droplets at the same moment
 * each gives way to those begun before, so that two bots that ask at once do not both take the last place.
 */
export function boundOf(state: PoolState, own: Operation, max: number, at: Parameters<typeof maybeMade>[1]): Bound {
  const { pool, members, operations } = state
  const others = operations.filter(({ id, state: ended }) => id !== own.id && ended.kind === 'running')
  const known = [...members.filter(({ id }) => id !== own.memberId), ...others].map((one) => one.dropletId)
  const makers = operations.filter(
    ({ id, kind, state: ended, dropletId }) =>
      id !== own.id && kind === 'scaleOut' && ended.kind === 'running' && dropletId === null,
  )
  return {
    // Its own may be there already, and only has to be looked for.
    most: maybeMade(own, at) ? 0 : max - (members.some(({ role }) => role === 'origin') ? 1 : 0),
    tag: poolTag(pool.id),
    known: [...new Set(known)].flatMap((id) => (id === null || id === pool.originDropletId ? [] : [id])),
    coming: makers
      .filter((one) => (one.step === 'create' && isBefore(one, own)) || maybeMade(one, at))
      .map(({ id }) => operationTag(id)),
  }
}

function isBefore(one: Operation, other: Operation): boolean {
  return one.startedAt < other.startedAt || (one.startedAt === other.startedAt && one.id < other.id)
}
