import type { Seen } from '../../model/load.ts'
import { sharpRise } from './sharp-rise.ts'
import { trend } from './trend.ts'

/** Demand as of now, and where it is heading; in members at target. */
export interface Level {
  readonly now: number
  /** The mean of the last minute, whatever happened within it. */
  readonly minute: number
  readonly forecast: number
}

/** The steady path's window; the fast path finds the end of it that stands out most. */
export const STEADY_MS = 60_000
/** That end counts alone when it is this many standard deviations off the whole: a busy second is not a trend. */
const SURE = 4
/** One point stands for at most this long. */
const LONGEST_SPAN_MS = 12_000

/** `noise`: variance of one second's demand; `windowMs`: a jump younger than this is not believed; `means`: demand follows means of the last
 * seconds. */
export function levelOf(
  recent: readonly Seen[],
  noise: number,
  windowMs: number,
  horizonMs: number,
  means: boolean,
): Level {
  if (recent.length === 0) return { now: 0, minute: 0, forecast: 0 }
  const { mean: now, span, whole } = jump(recent, noise, windowMs)
  const rise = trend(recent, noise)
  // A line through a jump would rise forever: since then, demand has to have gone on rising as well.
  const slope = rise === null ? 0 : Math.min(rise.slope, slopeSince(recent, Math.min(span, LATELY_MS), noise))
  // A line through a jump ends above it.
  const end = Math.min(rise?.end ?? now, Math.max(now, average(recent.slice(-LATEST))))
  const steady = slope <= 0 ? now : end + (slope * horizonMs) / 1000
  const sharp = now + (sharpRise(recent, noise, means) * horizonMs) / 1000
  return { now, minute: whole, forecast: Math.max(now, steady, sharp) }
}

/**
 * The mean of the last minute, or of its end since demand jumped: the end is taken from where it stands out most, so
 * that a jump is seen whole at once and not in parts, as windows of fixed lengths fill up.
 */
function jump(recent: readonly Seen[], noise: number, windowMs: number): End & { readonly whole: number } {
  const ends: End[] = []
  const from = recent.at(-1)!.at - STEADY_MS
  let weight = 0
  let sum = 0
  for (let index = recent.length - 1; index >= 0; index--) {
    const point = recent[index]!
    if (point.at <= from) break
    const before = recent[index - 1]
    // Each point stands for the span since the one before it: a burst of samples does not outvote a quiet stretch.
    const span = before === undefined ? FIRST_SPAN_MS : Math.min(point.at - before.at, LONGEST_SPAN_MS)
    weight += span
    sum += span * point.demand
    ends.push({ span: weight, mean: sum / weight })
  }
  const whole = ends.at(-1) ?? { span: 0, mean: recent.at(-1)!.demand }
  let best = whole
  let clearest = SURE
  for (const end of ends) {
    const clear = Math.abs(end.mean - whole.mean) / Math.sqrt((noise * 1000) / end.span)
    if (clear <= clearest) continue
    clearest = clear
    best = end
  }
  // A jump younger than the window is not believed yet.
  return { span: best.span, mean: best.span >= windowMs ? best.mean : whole.mean, whole: whole.mean }
}

const LATELY_MS = 40_000
/** A jump this young has not shown yet where it leads; a sharp rise is seen otherwise. */
const LEAST_MS = 20_000
/** So many points are the present. */
const LATEST = 5

/** How fast demand rose over the last `span` ms, a second: its second half against its first. */
function slopeSince(recent: readonly Seen[], span: number, noise: number): number {
  if (span < LEAST_MS) return 0
  const end = recent.at(-1)!.at
  const half = end - span / 2
  const newer = recent.filter((seen) => seen.at > half)
  const older = recent.filter((seen) => seen.at > end - span && seen.at <= half)
  if (newer.length === 0 || older.length === 0) return 0
  const doubt = Math.sqrt((4 * noise * 1000) / span)
  return (average(newer) - average(older) + doubt) / (span / 2000)
}

function average(points: readonly Seen[]): number {
  return points.reduce((sum, point) => sum + point.demand, 0) / points.length
}

/** The last `span` ms, and the mean demand of them. */
interface End {
  readonly span: number
  readonly mean: number
}

const FIRST_SPAN_MS = 1000
