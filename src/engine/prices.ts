import { originPrice } from '../core/model/billing.ts'
import type { Pool } from '../core/model/pool.ts'
import { affordable } from '../core/policy/rules/cost.ts'
import type { Instead } from '../providers/provider.ts'
import { existing, spent } from './room.ts'
import type { Services } from './services.ts'
import type { Session } from './session.ts'

/** A clone that was made as something dearer counts from now on: of clones that differ the dearest one's price holds for all. */
export function priceUp(session: Session): void {
  const { pool, members } = session.state()
  const clones = members.filter(({ role, dropletId }) => role === 'clone' && dropletId !== null)
  const each = Math.max(pool.dollarsPerHour, ...clones.map(({ dollarsPerHour = 0 }) => dollarsPerHour))
  // What the origin costs stays what it is.
  if (each > pool.dollarsPerHour)
    session.change({ pool: { ...pool, dollarsPerHour: each, originDollarsPerHour: originPrice(pool) } })
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
      const each = Math.max(dollarsPerHour, state.pool.dollarsPerHour)
      const now = services.now()
      const prices = { dollarsPerHour: each, originDollarsPerHour: originPrice(state.pool) }
      const { hourly, monthly } = affordable(state.pool.policy, prices, spent(state, now), now)
      return existing(state).size <= Math.min(hourly, monthly)
    },
  }
}
