import type { Demand } from '../demand.ts'
import type { Scaler } from '../scaler.ts'
import type { WorldSettings } from '../world.ts'

/** It sees this far ahead: the longest boot, and some. */
const SIGHT_S = 200
/** How full it runs its members. */
const FULL = 0.85

/** Knows the next minutes of demand and orders ahead of the boot time: nobody without a crystal ball does better by much. */
export function createClairvoyant(demand: Demand, settings: WorldSettings): Scaler {
  const peaks = slidingPeaks(demand)
  return {
    name: 'clairvoyant',
    everyS: 1,
    desired: (view) => {
      const t = Math.round(view.t - demand.startsAt)
      const peak = peaks[Math.min(Math.max(0, t), peaks.length - 1)] ?? 0
      return Math.max(1, Math.ceil(peak / settings.memberRps / FULL))
    },
  }
}

/** The highest rate of each second's next `SIGHT_S` seconds. */
function slidingPeaks(demand: Demand): Float64Array {
  const peaks = new Float64Array(demand.seconds)
  /** Seconds whose rate nothing later in sight exceeds, the latest first. */
  const queue: number[] = []
  const rates = Float64Array.from({ length: demand.seconds }, (_, t) => demand.rate(t))
  let head = 0
  let next = 0
  for (let t = 0; t < demand.seconds; t++) {
    for (; next < Math.min(demand.seconds, t + SIGHT_S); next++) {
      while (queue.length > head && rates[queue.at(-1)!]! <= rates[next]!) queue.pop()
      queue.push(next)
    }
    while (queue[head]! < t) head++
    peaks[t] = rates[queue[head]!]!
  }
  return peaks
}
