import type { Demand } from '../demand.ts'
import type { Scaler } from '../scaler.ts'
import { membersFor, type WorldSettings } from '../world/settings.ts'

/** It sees this far ahead: the longest boot of the usual world, and some. */
const LOOKAHEAD_S = 200

/**
 * Knows the next minutes, how many come and what each costs, and orders ahead of the boot time: nobody without a crystal
 * ball does better by much. `full`: how full it runs its members.
 */
export function createClairvoyant(demand: Demand, world: WorldSettings, full: number): Scaler {
  const sizes = slidingPeaks(demand.seconds, Math.max(LOOKAHEAD_S, world.bootS[1] + MORE_S), (t) =>
    membersFor(world, demand.rate(t), t, full),
  )
  return {
    name: 'clairvoyant',
    everyS: 1,
    desired: (view) => {
      const t = Math.round(view.t - demand.startsAt)
      return sizes[Math.min(Math.max(0, t), sizes.length - 1)] ?? 1
    },
  }
}

/** Members are wanted this much before they are needed, seconds. */
const MORE_S = 20

/** The highest of each second's next `lookaheadS` seconds. */
function slidingPeaks(seconds: number, lookaheadS: number, at: (t: number) => number): Float64Array {
  const peaks = new Float64Array(seconds)
  /** Seconds whose value nothing later within reach exceeds, the latest first. */
  const queue: number[] = []
  const values = Float64Array.from({ length: seconds }, (_, t) => at(t))
  let head = 0
  let next = 0
  for (let t = 0; t < seconds; t++) {
    for (; next < Math.min(seconds, t + lookaheadS); next++) {
      while (queue.length > head && values[queue.at(-1)!]! <= values[next]!) queue.pop()
      queue.push(next)
    }
    while (queue[head]! < t) head++
    peaks[t] = values[queue[head]!]!
  }
  return peaks
}
