import type { ChartSpec } from '../core/model/chart.ts'
import type { Tick } from './time-axis.ts'

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
