import type { CostMemory } from '../../model/load.ts'

/** What the mean member shows: requests a second that it answers, and its CPU. */
export interface Shown {
  readonly rps: number
  readonly cpu: number
}

/** CPU = floor + perRequest × rps, for one member. */
export interface Cost {
  /** CPU-seconds of one request, in shares of a member. */
  readonly perRequest: number
  /** Twice the standard error of it; no more than the cost itself. */
  readonly doubt: number
}

export const NO_COST: CostMemory = { at: 0, n: 0, x: 0, y: 0, xx: 0, xy: 0, spread: 0 }

/** What was so long ago counts half: deploys change what requests cost. */
const HALF_LIFE_S = 1800
/** One look stands for the time since the one before it, at most so long: busy agents, which speak often, do not outvote quiet hours. */
const LONGEST_S = 10
/** A member at rest is taken to show this much, as if seen for so many seconds: what does not vary cannot be told apart. */
const REST = { cpu: 0.02, weight: 5 }
/** A sample further off than so many spreads pulls no harder: a backup is no new price. */
const OUTLIER = 2.5
/** Seconds of samples from which on a cost is known. */
const ENOUGH_S = 10
const LEAST_SPREAD = 0.02
const SPREAD_RATE = 0.05

/** Adds what the mean member shows to the fit; `at` epoch ms. */
export function learnCost(memory: CostMemory, shown: Shown, at: number): CostMemory {
  const passedS = memory.at === 0 ? 1 : Math.max(0, at - memory.at) / 1000
  const weight = Math.min(passedS, LONGEST_S) / LONGEST_S
  const fade = 0.5 ** (passedS / HALF_LIFE_S)
  const old = { n: memory.n * fade, x: memory.x * fade, y: memory.y * fade, xx: memory.xx * fade, xy: memory.xy * fade }
  const fit = line({ ...memory, ...old })
  const off = fit === null ? 0 : shown.cpu - (fit.floor + fit.slope * shown.rps)
  const limit = OUTLIER * Math.max(LEAST_SPREAD, memory.spread)
  const near = Math.max(-limit, Math.min(limit, off))
  const value = shown.cpu - off + near
  return {
    at,
    n: old.n + weight,
    x: old.x + weight * shown.rps,
    y: old.y + weight * value,
    xx: old.xx + weight * shown.rps * shown.rps,
    xy: old.xy + weight * shown.rps * value,
    spread: fit === null ? 0 : memory.spread + SPREAD_RATE * weight * (Math.abs(near) - memory.spread),
  }
}

/** What a request costs; null until there is enough to tell. */
export function costOf(memory: CostMemory): Cost | null {
  if (memory.n * LONGEST_S < ENOUGH_S) return null
  const fit = line(memory)
  return fit === null ? null : { perRequest: fit.slope, doubt: Math.min(fit.doubt, fit.slope) }
}

function line(memory: CostMemory): { readonly slope: number; readonly floor: number; readonly doubt: number } | null {
  if (memory.x <= 0) return null
  const n = memory.n + REST.weight
  const meanX = memory.x / n
  const meanY = (memory.y + REST.weight * REST.cpu) / n
  const varies = memory.xx - n * meanX * meanX
  const together = memory.xy - n * meanX * meanY
  if (varies <= 0) return null
  const slope = Math.max(0, together / varies)
  const doubt = (2 * Math.max(LEAST_SPREAD, memory.spread)) / Math.sqrt(varies)
  return { slope, floor: meanY - slope * meanX, doubt }
}
