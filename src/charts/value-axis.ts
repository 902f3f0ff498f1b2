import type { ChartSpec } from '../core/model/chart.ts'
import { clockMinutes, clockSeconds, day, UTC, type TimeZone } from '../core/model/time-zone.ts'

/** The span of a value axis and its ticks, lowest first. */
export interface ValueAxis {
  readonly min: number
  readonly max: number
  readonly ticks: readonly Tick[]
}

/** An axis that holds 0, `low` and `high`; `fraction` reaches 100 % at least. About `count` steps. */
export function valueAxis(unit: ChartSpec['unit'], low: number, high: number, count: number): ValueAxis {
  const bottom = Math.min(0, low)
  const top = unit === 'fraction' ? Math.max(1, high) : Math.max(0, high) || (bottom < 0 ? 0 : 1)
  if (unit === 'fraction' && bottom === 0 && top <= 1) {
    return { min: 0, max: 1, ticks: ticksOf(0, 1, count >= 4 ? 0.25 : 0.5, unit) }
  }
  const step = roundStep((top - bottom) / count)
  const min = Math.floor(bottom / step + 1e-9) * step
  const max = Math.ceil(top / step - 1e-9) * step
  return { min, max, ticks: ticksOf(min, max, step, unit) }
}

/** From 0 to `high` members, which alone is marked, as the most there may be where it is; a third stays free for a caption. */
export function countAxis(high: number, isMost: boolean): ValueAxis {
  const last = Math.max(1, Math.ceil(high))
  const label = `${isMost ? 'max ' : ''}${valueLabel(last, 'number')}`
  return { min: 0, max: last * 1.7, ticks: [{ value: last, label, strong: false }] }
}

/** A value as the chart writes it: `62 %`, `1.2k`, `3.4M`, `0.05`. */
export function valueLabel(value: number, unit: ChartSpec['unit']): string {
  if (unit === 'number') return scaled(value)
  const per = value * 100
  return `${minus(Math.abs(per) >= 1e6 ? scaled(per) : trim(per.toFixed(Math.abs(per) < 1 && per !== 0 ? 1 : 0)))} %`
}

const PREFIXES: readonly (readonly [number, string])[] = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
]

function scaled(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 1e18 || size < 1e-4) {
    return minus(value.toExponential(1).replace('.0e', 'e').replace('e+', 'e').replace('e-', 'e−'))
  }
  // 999.95 and more would read "1000"; the next prefix says it shorter.
  const [unit, prefix] = PREFIXES.find(([unit]) => size >= unit * 0.9995) ?? [1, '']
  return minus(`${trim((value / unit).toPrecision(3))}${prefix}`)
}

function ticksOf(min: number, max: number, step: number, unit: ChartSpec['unit']): readonly Tick[] {
  const count = Math.round((max - min) / step)
  // Counted in steps from 0, or the place of 0 would come out as 5e-17.
  const first = Math.round(min / step)
  const values = Array.from({ length: count + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
  return values.map((value) => ({ value, label: valueLabel(value, unit), strong: false }))
}

/** The next of 1, 2, 2.5 or 5 times a power of ten. */
function roundStep(rough: number): number {
  if (!(rough > 0) || !Number.isFinite(rough)) return 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 2.5, 5, 10].find((size) => size * power >= rough * 0.9999) ?? 10
  return Number((factor * power).toPrecision(3))
}

function trim(text: string): string {
  if (text.includes('e')) return String(Number(text))
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** A typographic minus, as wide as the plus of "+2". */
function minus(text: string): string {
  return text.replace(/^-/, '−')
}

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
