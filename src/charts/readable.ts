import type { ChartSpec } from '../core/model/chart.ts'
import { signed } from '../core/model/chart-words.ts'
import { meanOf, MOST_HUES, type ReadablePoint } from './crowd.ts'
import { oneLine } from './text.ts'

/** A spec made safe to draw: finite numbers, times in order and in the range, labels on one line. */
export interface ReadableSpec {
  readonly unit: ChartSpec['unit']
  readonly fromAt: number
  readonly toAt: number
  readonly lines: readonly {
    readonly label: string
    readonly points: readonly ReadablePoint[]
    readonly stepped: boolean
  }[]
  /** Of a crowd of lines; empty for a few. */
  readonly mean: readonly ReadablePoint[]
  readonly counts: readonly { readonly at: number; readonly value: number }[]
  readonly target: number | null
  readonly events: ChartSpec['events']
  /** Of all values and the target. */
  readonly low: number
  readonly high: number
  readonly highestCount: number
  /** Not one value in the range. */
  readonly empty: boolean
}

/** Beyond this, pixel arithmetic overflows. */
const HUGE = 1e300

export function readable(spec: ChartSpec): ReadableSpec {
  const fromAt = Number.isFinite(spec.fromAt) ? spec.fromAt : 0
  const toAt = Number.isFinite(spec.toAt) && spec.toAt > fromAt ? spec.toAt : fromAt + 1000
  const within = ({ at }: { readonly at: number }): boolean => at >= fromAt && at <= toAt
  const lines = spec.lines.map((line, index) => ({
    label: oneLine(line.label) || `line ${index + 1}`,
    points: paired(line.at, line.value).filter(within).toSorted(byTime),
    stepped: line.stepped ?? false,
  }))
  const counts = (spec.counts === null ? [] : paired(spec.counts.at, spec.counts.value))
    .flatMap(({ at, value }) => (value === null ? [] : [{ at: Math.max(at, fromAt), value }]))
    .filter(within)
    .toSorted(byTime)
  const target = usable(spec.target)
  let low = target ?? Infinity
  let high = target ?? -Infinity
  let empty = true
  for (const { points } of lines) {
    for (const { value } of points) {
      if (value === null) continue
      empty = false
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  const none = low > high
  return {
    unit: spec.unit,
    fromAt,
    toAt,
    lines,
    mean: lines.length > MOST_HUES ? meanOf(lines.map(({ points }) => points)) : [],
    counts,
    target,
    events: spec.events
      .filter(within)
      .map((event) => ({ ...event, label: signed(oneLine(event.label)) }))
      .toSorted(byTime),
    low: none ? 0 : low,
    high: none ? 0 : high,
    highestCount: counts.reduce((highest, { value }) => Math.max(highest, value), 0),
    empty,
  }
}

function paired(at: readonly number[], value: readonly (number | null)[]): readonly ReadablePoint[] {
  return at.slice(0, value.length).map((at, index) => ({ at, value: usable(value[index] ?? null) }))
}

function usable(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && Math.abs(value) < HUGE ? value : null
}

function byTime(a: { readonly at: number }, b: { readonly at: number }): number {
  return a.at - b.at
}
