import type { Seen } from '../../model/load.ts'
import { sharpRise } from './sharp-rise.ts'
import { trend } from './trend.ts'

/** Demand as of now, and where it is heading; in members at target. */
export interface Level {
  readonly now: number
  readonly forecast: number
}

/** The steady path's window; the fast path looks at ever shorter ends of it. */
export const STEADY_MS = 60_000
const WINDOWS_MS = [30_000, 12_000, 6000, 3000, 1000] as const
/** A shorter window wins only by more than this many standard deviations: a busy second is not a trend. */
const SURE = 4
/** One point stands for at most this long. */
const LONGEST_SPAN_MS = 12_000

/** `noise`: variance of one second's demand; `windowMs`: shorter ends than this are not looked at. */
export function levelOf(recent: readonly Seen[], noise: number, windowMs: number, horizonMs: number): Level {
  const last = recent.at(-1)
  if (last === undefined) return { now: 0, forecast: 0 }
  let now = mean(recent, last.at - STEADY_MS)
  for (const window of WINDOWS_MS) {
    if (window < windowMs) break
    const value = mean(recent, last.at - window)
    if (value - SURE * Math.sqrt((noise * 1000) / window) > now) now = value
  }
  const rise = trend(recent, noise)
  const steady = rise === null ? now : rise.end + (rise.slope * horizonMs) / 1000
  const sharp = now + (sharpRise(recent, noise) * horizonMs) / 1000
  const forecast = Math.max(now, steady, sharp)
  return { now, forecast }
}

/** Each point stands for the span since the one before it, so that a burst of samples does not outvote a quiet stretch. */
function mean(recent: readonly Seen[], from: number): number {
  let weight = 0
  let sum = 0
  for (let index = recent.length - 1; index >= 0; index--) {
    const point = recent[index]!
    if (point.at <= from) break
    const before = recent[index - 1]
    const span = before === undefined ? 1000 : Math.min(point.at - before.at, LONGEST_SPAN_MS)
    weight += span
    sum += span * point.demand
  }
  return weight === 0 ? (recent.at(-1)?.demand ?? 0) : sum / weight
}
