import type { Bound } from '../model/bound.ts'
import type { Operation } from '../model/operation.ts'
import type { PoolState } from '../pool/state.ts'
import { operationTag, poolTag } from '../pool/tags.ts'
import { maybeMade } from './maybe-made.ts'

/**
 * What an operation may make a droplet within. The team's own droplet has a place and does not carry the tag. Of operations that make droplets at the same moment
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
