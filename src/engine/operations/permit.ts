import type { Operation } from '../../core/model/operation.ts'
import { boundOf } from '../../core/operation/arrival.ts'
import type { Bound } from '../../core/model/bound.ts'
import { fresh } from './destroy.ts'
import { dearest, existing, limitsOf, spent } from '../../core/pool/capacity.ts'
import type { Services } from '../services.ts'
import type { Pool } from '../../core/model/pool.ts'
import { affordable } from '../../core/policy/rules/cost.ts'
import type { Instead } from '../../providers/provider.ts'

/** What an operation may make a droplet within, as things are now; null: another bot has gone on with it. */
export async function permit(services: Services, { poolId, id, version }: Operation): Promise<Bound | null> {
  const state = await fresh(services.elapsed, () => services.store.load(poolId))
  const own = state?.operations.find((one) => one.id === id && one.version === version)
  if (state === null || own === undefined) return null
  const { max } = limitsOf(state.pool.policy, services.calendar.open(state.pool.policy.calendar, services.now()))
  // The one that a refresh has under way, and no other.
  const extra =
    state.refresh?.stage === 'working' && state.refresh.operationId === id ? state.pool.policy.refreshExtra : 0
  return boundOf(state, own, max + extra, { now: services.now(), timing: services.timing(state.pool) })
}

/**
 * What a clone that is about to be made may be instead. It may cost what would be allowed if every clone did: so the money
 * that lets it in does not take it out again.
 */
export async function insteadOf(services: Services, pool: Pool): Promise<Instead> {
  const { sizes, regions } = pool.policy
  const state = sizes.length + regions.length === 0 ? null : await services.store.load(pool.id)
  return {
    sizes,
    regions,
    pays(dollarsPerHour) {
      if (state === null) return false
      const now = services.now()
      const prices = dearest(state, dollarsPerHour)
      const { hourly, monthly } = affordable(state.pool.policy, prices, spent(state, now), now, state.upkeep.team)
      return existing(state).size <= Math.min(hourly, monthly)
    },
  }
}
