import type { Operation } from '../../core/model/operation.ts'
import { boundOf } from '../../core/operation/bound.ts'
import type { Bound } from '../../core/model/bound.ts'
import { fresh } from './fresh.ts'
import { maximumOf } from '../../core/pool/capacity.ts'
import type { Services } from '../services.ts'

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
