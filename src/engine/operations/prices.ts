import type { Pool } from '../../core/model/pool.ts'
import { affordable } from '../../core/policy/rules/cost.ts'
import type { Instead } from '../../providers/provider.ts'
import { dearest, existing, spent } from '../../core/pool/capacity.ts'
import type { Services } from '../services.ts'

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
