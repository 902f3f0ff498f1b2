import type { ChartOptions } from 'chart.js'
import { FONT_FAMILY } from './text.ts'
import type { Palette } from './palette.ts'
import type { ReadableSpec } from './readable.ts'
import type { ValueAxis } from './value-axis.ts'

interface Look {
  /** Of the panels, the upper first. */
  readonly axes: readonly ValueAxis[]
  /** null: no strip of member counts. */
  readonly count: ValueAxis | null
  /** Shares of the height. */
  readonly weights: { readonly panel: number; readonly count: number }
  readonly palette: Palette
  readonly text: number
}

/** The time axis, and a stack of value axes over it: of the panels, and of the member counts below them. */
export function scalesOf(data: ReadableSpec, look: Look): NonNullable<ChartOptions<'line'>['scales']> {
  const { axes, count, weights, palette, text } = look
  const font = { family: FONT_FAMILY, size: text, weight: 400 as const }
  const ticks = { color: palette.textFaint, font, autoSkip: false, maxRotation: 0 }
  const grid = { color: palette.grid, lineWidth: 1, drawTicks: false }
  const stacked = (axis: ValueAxis, stackWeight: number, lines: boolean): object => ({
    type: 'linear',
    bounds: 'data',
    position: 'left',
    stack: 'plot',
    stackWeight,
    min: axis.min,
    max: axis.max,
    grid: lines ? grid : { ...grid, display: false },
    border: { display: false },
    ticks: { ...ticks, padding: text * 0.6 },
  })
  const panels = data.panels.map(({ axis }, index) => {
    const scale = axes[index]
    return [axis, scale === undefined ? {} : stacked(scale, weights.panel, true)] as const
  })
  return {
    x: {
      type: 'linear',
      bounds: 'data',
      min: data.fromAt,
      max: data.toAt,
      grid: { ...grid, display: false },
      border: { color: palette.axis },
      ticks: { ...ticks, padding: text * 0.5 },
    },
    // Of a stack the first is the lowest.
    ...(count === null ? {} : { count: stacked(count, weights.count, false) }),
    ...Object.fromEntries(panels.toReversed()),
  }
}
