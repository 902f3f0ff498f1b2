import type { Demand } from '../demand.ts'
import { DEFAULT_WORLD, type WorldSettings } from '../world/settings.ts'

/** An hour or two of what pools meet, played request by request. */
export interface Situation {
  readonly name: string
  /** What happens, in a few words. */
  readonly about: string
  readonly demand: Demand
  readonly world: WorldSettings
  /** No size above this helps anybody; null: that cannot be said. */
  readonly useful: number | null
}

export const MINUTE = 60
/** A Tuesday, 18:00 UTC. */
const EVENING = Date.UTC(2026, 1, 3, 18) / 1000

/** Two members at the start and twenty at most, unless `world` says otherwise; `rate`: requests a second. */
export function situation(
  name: string,
  about: string,
  useful: number | null,
  minutes: number,
  rate: (t: number) => number,
  world: Partial<WorldSettings> = {},
): Situation {
  const demand = { name, seconds: minutes * MINUTE, startsAt: EVENING, rate }
  return { name, about, useful, demand, world: { ...DEFAULT_WORLD, kind: 'requests', start: 2, max: 20, ...world } }
}

/** The same rate all the time. */
export function steady(rate: number): (t: number) => number {
  return () => rate
}

/** From `low` to `high` and back within `period` seconds, smoothly, again and again. */
export function waves(low: number, high: number, periodS: number): (t: number) => number {
  return (t) => low + (high - low) * (0.5 - 0.5 * Math.cos((2 * Math.PI * t) / periodS))
}

/** `low`, and from `fromS` to `toS` `high`; `overS`: how long the way up and the way down take. */
export function plateau(low: number, high: number, fromS: number, toS: number, overS = 0): (t: number) => number {
  const part = (sinceS: number): number =>
    Math.max(0, Math.min(1, overS === 0 ? Math.sign(sinceS + 1e-9) : sinceS / overS))
  return (t) => low + (high - low) * (part(t - fromS) - part(t - toS))
}

/** Whether `t` is from `fromS` to `toS`. */
export function within(t: number, fromS: number, toS: number): boolean {
  return t >= fromS && t < toS
}
