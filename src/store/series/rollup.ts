import { GAP_MS, LEVELS, ROLL_CELL, ROLL_HEADER, type Level } from './layout.ts'
import type { Points } from './raw.ts'

/** Points of a chart, oldest first, one per bucket; where nothing was reported for longer than GAP_MS, value is null. */
export interface RangePoints {
  /** Middle of the bucket, as far as it is in the range; epoch ms. */
  readonly at: readonly number[]
  /** Mean over the bucket. */
  readonly value: readonly (number | null)[]
  /** NaN where value is null. */
  readonly min: readonly number[]
  readonly max: readonly number[]
}

/** The same, with the width of their buckets, ms; 0: each is a sample as it was reported. */
export interface SteppedPoints extends RangePoints {
  readonly stepMs: number
}

/** Something known about a stretch of time, `(at - stepMs, at]` or a bucket. */
export interface Piece {
  readonly fromAt: number
  readonly toAt: number
  readonly mean: number
  readonly weight: number
  readonly min: number
  readonly max: number
}

/** The filled buckets of one roll-up block; their weight is the seconds that members reported for. */
export function bucketsOf(bytes: Buffer | null, level: Level, block: number, column: number): readonly Piece[] {
  if (bytes === null || bytes.length < ROLL_HEADER) return []
  const width = bytes.readUInt16LE(0)
  if (column >= width) return []
  const pieces: Piece[] = []
  for (let index = 0; index < level.perBlock; index += 1) {
    const start = ROLL_HEADER + (index * width + column) * ROLL_CELL
    if (start + ROLL_CELL > bytes.length) break
    const weight = bytes.readFloatLE(start + 4)
    if (!(weight > 0)) continue
    const min = bytes.readFloatLE(start + 8)
    const max = bytes.readFloatLE(start + 12)
    // Sums of float32 may carry a mean past its bounds by a rounding error.
    const mean = Math.min(Math.max(bytes.readFloatLE(start) / weight, min), max)
    const fromAt = (block * level.perBlock + index) * level.stepMs
    pieces.push({ fromAt, toAt: fromAt + level.stepMs, mean, weight, min, max })
  }
  return pieces
}

/** A range cut into the stretches that each level is the finest to remember as of `now`; oldest first. */
export function parts(
  fromAt: number,
  toAt: number,
  now: number,
): readonly { readonly level: Level; readonly fromAt: number; readonly toAt: number }[] {
  const found: { readonly level: Level; readonly fromAt: number; readonly toAt: number }[] = []
  let end = toAt
  for (const [index, level] of LEVELS.entries()) {
    const coarser = LEVELS[index + 1]
    // Where one level ends, a bucket of the next has to end too.
    const start = coarser === undefined ? 0 : Math.ceil((now - level.keepMs) / coarser.stepMs) * coarser.stepMs
    const from = Math.max(Math.floor(fromAt / level.stepMs) * level.stepMs, start)
    if (from < end) found.unshift({ level, fromAt: from, toAt: end })
    end = Math.min(end, from)
    if (end <= fromAt) break
  }
  return found
}

/**
 * Gathers pieces (in order of time) into at most `maxPoints` buckets of a multiple of `stepMs`. Buckets start at
 * multiples of their width, so that a chart drawn again a second later has the same points.
 */
export function gather(
  pieces: readonly Piece[],
  range: { readonly fromAt: number; readonly toAt: number; readonly stepMs: number; readonly maxPoints: number },
): SteppedPoints {
  const { fromAt, toAt } = range
  const width = widthOf(range)
  const first = Math.floor(fromAt / width)
  const count = Math.max(1, Math.ceil(toAt / width) - first)
  const sum = new Float64Array(count)
  const weight = new Float64Array(count)
  const min = new Float64Array(count).fill(Number.NaN)
  const max = new Float64Array(count).fill(Number.NaN)
  for (const piece of pieces) {
    if (piece.toAt <= fromAt || piece.fromAt >= toAt) continue
    const index = Math.min(count - 1, Math.max(0, Math.ceil(piece.toAt / width) - 1 - first))
    sum[index] = (sum[index] ?? 0) + piece.mean * piece.weight
    weight[index] = (weight[index] ?? 0) + piece.weight
    min[index] = Number.isNaN(min[index]) ? piece.min : Math.min(min[index] ?? 0, piece.min)
    max[index] = Number.isNaN(max[index]) ? piece.max : Math.max(max[index] ?? 0, piece.max)
  }
  const points = {
    at: [] as number[],
    value: [] as (number | null)[],
    min: [] as number[],
    max: [] as number[],
    stepMs: width,
  }
  if (weight.every((part) => part === 0)) return points
  const isGap = gapsIn(weight, width)
  for (let index = 0; index < count; index += 1) {
    const part = weight[index] ?? 0
    if (part === 0 && isGap[index] !== 1) continue
    const start = (first + index) * width
    points.at.push(Math.round((Math.max(start, fromAt) + Math.min(start + width, toAt)) / 2))
    points.value.push(part === 0 ? null : (sum[index] ?? 0) / part)
    points.min.push(min[index] ?? Number.NaN)
    points.max.push(max[index] ?? Number.NaN)
  }
  return points
}

/** The narrowest multiple of the step with which the range has at most `maxPoints` buckets. */
function widthOf(range: {
  readonly fromAt: number
  readonly toAt: number
  readonly stepMs: number
  readonly maxPoints: number
}): number {
  const { fromAt, toAt, stepMs, maxPoints } = range
  const most = Math.max(2, maxPoints)
  let factor = Math.max(1, Math.ceil((toAt - fromAt) / stepMs / most))
  // Buckets that start at multiples of their width may need one more than the span itself.
  while (Math.ceil(toAt / (factor * stepMs)) - Math.floor(fromAt / (factor * stepMs)) > most) factor += 1
  return factor * stepMs
}

/** Samples as pieces of a millisecond each. */
export function single(points: Points): readonly Piece[] {
  return points.at.map((at, index) => {
    const value = points.value[index] ?? Number.NaN
    return { fromAt: at - 1, toAt: at, mean: value, weight: 1, min: value, max: value }
  })
}

/** Single points as they are, with a null in the middle of each hole longer than GAP_MS. */
export function plain(points: Points): RangePoints {
  const all = { at: [] as number[], value: [] as (number | null)[], min: [] as number[], max: [] as number[] }
  let last: number | null = null
  for (const [index, at] of points.at.entries()) {
    const value = points.value[index] ?? Number.NaN
    if (last !== null && at - last > GAP_MS) push(all, (last + at) / 2, null)
    push(all, at, value)
    last = at
  }
  return all
}

function push(
  points: { at: number[]; value: (number | null)[]; min: number[]; max: number[] },
  at: number,
  value: number | null,
): void {
  points.at.push(Math.round(at))
  points.value.push(value)
  points.min.push(value ?? Number.NaN)
  points.max.push(value ?? Number.NaN)
}

/** Marks the empty buckets of every hole longer than GAP_MS; shorter ones are the spacing of samples. */
function gapsIn(weight: Float64Array, width: number): Uint8Array {
  const isGap = new Uint8Array(weight.length)
  let start = 0
  for (let index = 0; index <= weight.length; index += 1) {
    if (index < weight.length && weight[index] === 0) continue
    if ((index - start) * width > GAP_MS) isGap.fill(1, start, index)
    start = index + 1
  }
  return isGap
}
