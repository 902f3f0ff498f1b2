import type { Demand } from '../demand.ts'
import type { Scaler } from '../scaler.ts'
import type { WorldSettings } from '../world.ts'

/** How full it runs its members: as full as the clairvoyant does. */
const FULL = 0.85

/** A yardstick, no rival: sees the demand of this second without error, and nothing of the next. */
export function createPresent(demand: Demand, settings: Pick<WorldSettings, 'memberRps'>): Scaler {
  return {
    name: 'present',
    everyS: 1,
    desired: (view) => {
      const t = Math.min(demand.seconds - 1, Math.max(0, Math.round(view.t - demand.startsAt)))
      return Math.max(1, Math.ceil(demand.rate(t) / settings.memberRps / FULL))
    },
  }
}
