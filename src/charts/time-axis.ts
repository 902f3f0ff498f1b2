import { clockMinutes, clockSeconds, day } from '../core/model/chart-words.ts'

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

/** At most `most` ticks at round UTC times within the range, labelled as finely as their step needs. */
export function timeTicks(fromAt: number, toAt: number, most: number): readonly Tick[] {
  const wanted = (toAt - fromAt) / Math.max(1, most)
  const longest = 364 * DAY
  const step = STEPS.find((size) => size >= wanted) ?? Math.ceil(wanted / longest) * longest
  const origin = step >= 7 * DAY ? MONDAY : 0
  const ticks: Tick[] = []
  for (let at = Math.ceil((fromAt - origin) / step) * step + origin; at <= toAt; at += step) {
    const midnight = at % DAY === 0
    const dated = step >= DAY || (midnight && toAt - fromAt > HOUR)
    const label = dated ? day(at) : step < MINUTE ? clockSeconds(at) : clockMinutes(at)
    ticks.push({ value: at, label, strong: dated && step < DAY })
  }
  return ticks
}
