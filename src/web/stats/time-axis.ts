import { clockMinutes, clockSeconds, day, type TimeZone } from '../../core/model/time-zone.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [
  SECOND,
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  4 * DAY,
  7 * DAY,
  14 * DAY,
]

/** Round times by the zone's clocks in `[min, max]`, epoch ms, `most` at most. */
export function roundTimes(min: number, max: number, most: number, zone: TimeZone): number[] {
  const step = STEPS.find((each) => (max - min) / each <= most) ?? STEPS[STEPS.length - 1] ?? 1
  const offset = zone.offsetMs(min)
  const first = Math.ceil((min + offset) / step) * step
  const found: number[] = []
  // The clocks may be set in between: each is put right by its own offset.
  for (let shown = first; shown - offset <= max + HOUR; shown += step) {
    const guess = shown - offset
    found.push(guess + offset - zone.offsetMs(guess))
  }
  return found.filter((at) => at >= min && at <= max)
}

/** What they are called: a midnight by its date. */
export function timeNames(splits: readonly number[], zone: TimeZone): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0)
  return splits.map((at) => {
    const clock = step > 0 && step < 60_000 ? clockSeconds(at, zone) : clockMinutes(at, zone)
    return clock.startsWith('00:00') ? day(at, zone) : clock
  })
}
