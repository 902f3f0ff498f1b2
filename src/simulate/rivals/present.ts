import type { Demand } from '../demand.ts'
import type { Scaler } from '../scaler.ts'
import { membersFor, type WorldSettings } from '../world/settings.ts'

/** How full it runs its members. */
const FULL = 0.85

/** A yardstick, no rival: sees the demand of this second without error, and nothing of the next. */
export function createPresent(demand: Demand, world: WorldSettings): Scaler {
  return {
    name: 'present',
    everyS: 1,
    desired: (view) => {
      const t = Math.min(demand.seconds - 1, Math.max(0, Math.round(view.t - demand.startsAt)))
      return membersFor(world, demand.rate(t), t, FULL)
    },
  }
}
