import { MOST_NAMED, signed, type ChartLine, type ChartPanel, type ChartSpec } from '../core/model/chart.ts'
import { statName } from '../core/model/words.ts'
import { oneLine } from './text.ts'

/** A value of a line at an instant, epoch ms; null: a gap. */
export interface ReadablePoint {
  readonly at: number
  readonly value: number | null
}

export interface ReadableLine {
  readonly label: string
  readonly points: readonly ReadablePoint[]
  /** From the lowest to the highest of each point; empty: there is nothing but the line. */
  readonly band: readonly { readonly at: number; readonly low: number | null; readonly high: number | null }[]
  readonly stepped: boolean
  /** Which of the palette's hues; null: one of the grey rest of a crowd. */
  readonly hue: number | null
  /** Drawn over the others, with its band. */
  readonly leads: boolean
}

export interface ReadablePanel {
  /** Its scale in Chart.js. */
  readonly axis: 'y' | 'below'
  /** Said inside the plot where there are two; else empty. */
  readonly caption: string
  readonly unit: ChartSpec['unit']
  readonly lines: readonly ReadableLine[]
  readonly target: number | null
  readonly peak: { readonly label: string; readonly at: number; readonly value: number } | null
  /** Of all values, bands and the target. */
  readonly low: number
  readonly high: number
  /** Not one value in the range. */
  readonly empty: boolean
}

/** A spec made safe to draw: finite numbers, times in order and in the range, labels on one line. */
export interface ReadableSpec {
  readonly fromAt: number
  readonly toAt: number
  /** The upper first. */
  readonly panels: readonly ReadablePanel[]
  readonly counts: readonly { readonly at: number; readonly value: number }[]
  readonly highestCount: number
  /** How many members there may be; null: not said. */
  readonly mostCount: number | null
  /** Whether that is shown as a line: were it far above, it would press the steps to the ground. */
  readonly showsMost: boolean
  readonly events: ChartSpec['events']
}

/** Beyond this, pixel arithmetic overflows. */
const HUGE = 1e300

type Within = (point: { readonly at: number }) => boolean

export function readable(spec: ChartSpec): ReadableSpec {
  const fromAt = Number.isFinite(spec.fromAt) ? spec.fromAt : 0
  const toAt = Number.isFinite(spec.toAt) && spec.toAt > fromAt ? spec.toAt : fromAt + 1000
  const within: Within = ({ at }) => at >= fromAt && at <= toAt
  const counts = (spec.counts === null ? [] : paired(spec.counts.at, spec.counts.value))
    .flatMap(({ at, value }) => (value === null ? [] : [{ at: Math.max(at, fromAt), value }]))
    .filter(within)
    .toSorted(byTime)
  const highestCount = counts.reduce((highest, { value }) => Math.max(highest, value), 0)
  const mostCount = usable(spec.counts?.most ?? null)
  return {
    fromAt,
    toAt,
    panels:
      spec.below === undefined
        ? [panelOf(spec, 'y', '', within)]
        : [
            panelOf(spec, 'y', nameOf(spec.stat), within),
            panelOf(spec.below, 'below', nameOf(spec.below.stat), within),
          ],
    counts,
    highestCount,
    mostCount,
    showsMost: mostCount !== null && mostCount >= highestCount && mostCount <= Math.max(4, highestCount * 3),
    events: spec.events
      .filter(within)
      .map((event) => ({ ...event, label: signed(oneLine(event.label)) }))
      .toSorted(byTime),
  }
}

function panelOf(panel: ChartPanel, axis: ReadablePanel['axis'], caption: string, within: Within): ReadablePanel {
  const all = panel.lines.map((line) => paired(line.at, line.value).filter(within).toSorted(byTime))
  const hues = huesOf(all)
  const lead = leader(panel)
  const lines = panel.lines.map((line, index): ReadableLine => ({
    label: oneLine(line.label) || `line ${index + 1}`,
    points: all[index] ?? [],
    band: index === lead ? bandOf(line).filter(within).toSorted(byTime) : [],
    stepped: line.stepped ?? false,
    hue: hues[index] ?? null,
    leads: index === lead,
  }))
  const target = usable(panel.target)
  const peak =
    panel.peak != null && within(panel.peak) && usable(panel.peak.value) !== null
      ? { ...panel.peak, label: oneLine(panel.peak.label) }
      : null
  const values = lines.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []))
  const others = lines.flatMap(({ band }) => band.flatMap(({ low, high }) => [low ?? [], high ?? []].flat()))
  let [low, high] = [Infinity, -Infinity]
  for (const value of [...values, ...others, target ?? [], peak?.value ?? []].flat()) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const none = low > high
  return {
    axis,
    caption,
    unit: panel.unit,
    lines,
    target,
    peak,
    low: none ? 0 : low,
    high: none ? 0 : high,
    empty: values.length === 0,
  }
}

/** The line that stands alone, or that the panel's peak is of; -1: none. */
function leader({ lines, peak }: ChartPanel): number {
  return lines.length === 1 ? 0 : lines.findIndex(({ label }) => label === peak?.label)
}

/** Hues in the lines' own order; of a crowd only the ones with the highest means have any. */
function huesOf(lines: readonly (readonly ReadablePoint[])[]): readonly (number | null)[] {
  const hottest = new Set(
    lines
      .map((points, index) => ({ index, heat: meanOf(points) }))
      .toSorted((a, b) => b.heat - a.heat)
      .slice(0, MOST_NAMED)
      .map(({ index }) => index),
  )
  let next = 0
  return lines.map((_, index) => (hottest.has(index) ? next++ : null))
}

function meanOf(points: readonly ReadablePoint[]): number {
  const values = points.flatMap(({ value }) => value ?? [])
  return values.length === 0 ? -Infinity : values.reduce((sum, value) => sum + value / values.length, 0)
}

/** Empty where it would be no wider than the line. */
function bandOf({ at, value, min = [], max = [] }: ChartLine): ReadableLine['band'] {
  const band = paired(at, value).map((point, index) => {
    const low = usable(min[index] ?? null) ?? point.value
    const high = usable(max[index] ?? null) ?? point.value
    return { at: point.at, low: point.value === null ? null : low, high: point.value === null ? null : high }
  })
  return band.some(({ low, high }) => low !== high) ? band : []
}

function nameOf(stat: string): string {
  return oneLine(statName(stat))
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
