import { clockMinutes, clockSeconds, day } from '../core/model/chart-words.ts'
import { UTC, type TimeZone } from '../core/model/time-zone.ts'

/** A labelled place on an axis; `strong` ones are where a new day begins. */
export interface Tick {
  readonly value: number
  readonly label: string
  readonly strong: boolean
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Weeks begin on Mondays, and 1970 did on a Thursday. */
const MONDAY = 4 * DAY
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28, 56, 112, 364].map((count) => count * DAY),
]

/** At most `most` ticks at round local times within the range, labelled as finely as their step needs. */
export function timeTicks(fromAt: number, toAt: number, most: number, zone: TimeZone = UTC): readonly Tick[] {
  const wanted = (toAt - fromAt) / Math.max(1, most)
  const longest = 364 * DAY
  const step = STEPS.find((size) => size >= wanted) ?? Math.ceil(wanted / longest) * longest
  const origin = step >= 7 * DAY ? MONDAY : 0
  const ticks: Tick[] = []
  const wallFrom = fromAt + zone.offsetMs(fromAt) - origin
  // One step early: where clocks go back within it, that one may still be in the range.
  for (let wall = (Math.ceil(wallFrom / step) - 1) * step + origin; ; wall += step) {
    const at = instantOf(wall, zone)
    if (at > toAt) break
    // An hour that summer time skips would be marked twice.
    if (at < fromAt || at <= (ticks.at(-1)?.value ?? -Infinity)) continue
    const midnight = wall % DAY === 0
    const dated = step >= DAY || (midnight && toAt - fromAt > HOUR)
    const label = dated ? day(at, zone) : step < MINUTE ? clockSeconds(at, zone) : clockMinutes(at, zone)
    ticks.push({ value: at, label, strong: dated && step < DAY })
  }
  return ticks
}

/** When the zone's clock shows `wall`, ms since 1970 there. */
function instantOf(wall: number, zone: TimeZone): number {
  return wall - zone.offsetMs(wall - zone.offsetMs(wall))
}
