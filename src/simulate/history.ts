import { FULL_CPU, type Stretch } from '../core/model/history.ts'
import type { Demand } from './demand.ts'

/** What was asked for at an instant, epoch ms. */
export interface Point {
  readonly at: number
  readonly demand: number
}

/** What a pool's CPU record says of the demand it met; times are epoch ms. */
export interface History {
  /** Demand in full members, at the middle of each stretch; oldest first. May begin before `fromAt`. */
  readonly points: readonly Point[]
  /** What counts; before it a replay only warms up. */
  readonly fromAt: number
  readonly toAt: number
  readonly recorded: Recorded
  /** Holes in which nobody reported, oldest first; they do not count. */
  readonly gaps: readonly { readonly fromAt: number; readonly toAt: number }[]
  /** The coarsest stretch in what counts, ms: peaks shorter than this are smoothed away. */
  readonly grainMs: number
}

/** What really happened. */
export interface Recorded {
  /** The pool's CPU was full, which also hides how much more was wanted. */
  readonly fullMs: number
  /** Of members that reported. */
  readonly memberHours: number
  readonly peak: number
}

const HOUR_MS = 3_600_000

/** The history in `stretches` (of CPU, oldest first, possibly from before `fromAt`); null where nothing counts. */
export function historyOf(stretches: readonly Stretch[], fromAt: number): History | null {
  const counted = stretches.filter((stretch) => stretch.toAt > fromAt)
  const [first] = counted
  const last = counted.at(-1)
  if (first === undefined || last === undefined) return null
  let fullMs = 0
  let memberMs = 0
  let reportedTo = first.fromAt
  const gaps: History['gaps'][number][] = []
  let peak = 0
  let grainMs = 0
  for (const stretch of counted) {
    const span = stretch.toAt - Math.max(fromAt, stretch.fromAt)
    if (stretch.mean >= FULL_CPU) fullMs += span
    memberMs += span * stretch.members
    if (stretch.fromAt > reportedTo) gaps.push({ fromAt: reportedTo, toAt: stretch.fromAt })
    reportedTo = stretch.toAt
    peak = Math.max(peak, Math.round(stretch.members))
    grainMs = Math.max(grainMs, stretch.toAt - stretch.fromAt)
  }
  return {
    points: pointsOf(stretches, 'total'),
    fromAt: Math.max(fromAt, first.fromAt),
    toAt: last.toAt,
    recorded: { fullMs, memberHours: memberMs / HOUR_MS, peak },
    gaps,
    grainMs,
  }
}

/** What the members showed of a stat at the middle of each stretch: all together, or each of them on average. */
export function pointsOf(stretches: readonly Stretch[], of: 'total' | 'mean'): readonly Point[] {
  return stretches.map(({ fromAt, toAt, mean, members }) => ({
    at: (fromAt + toAt) / 2,
    demand: of === 'total' ? mean * members : mean,
  }))
}

/** How long nobody reported, ms. */
export function gapMs(history: Pick<History, 'gaps'>): number {
  return history.gaps.reduce((sum, gap) => sum + gap.toAt - gap.fromAt, 0)
}

/**
 * The demand of a history in requests, `memberRps` to a full member: straight lines between its points, and as before
 * where nothing is known, for a hole in the record is no quiet hour.
 */
export function demandOf(history: Pick<History, 'points' | 'fromAt' | 'toAt'>, memberRps: number): Demand {
  const { points } = history
  const startsAt = Math.floor(Math.min(history.fromAt, points[0]?.at ?? history.fromAt) / 1000)
  const seconds = Math.max(1, Math.ceil(history.toAt / 1000) - startsAt)
  const rates = new Float64Array(seconds)
  let next = 0
  for (let t = 0; t < seconds; t++) {
    const at = (startsAt + t) * 1000
    while (next < points.length && points[next]!.at <= at) next++
    rates[t] = between(points[next - 1], points[next], at) * memberRps
  }
  return { name: 'history', seconds, startsAt, rate: (t) => rates[Math.min(seconds - 1, Math.floor(t))] ?? 0 }
}

/** Points further apart than the coarsest roll-up have a hole between them. */
const LONGEST_STEP_MS = 16 * 60_000

function between(before: Point | undefined, after: Point | undefined, at: number): number {
  if (before === undefined || after === undefined) return (before ?? after)?.demand ?? 0
  const span = after.at - before.at
  if (span > LONGEST_STEP_MS) return before.demand
  return before.demand + ((after.demand - before.demand) * (at - before.at)) / span
}
