import type { ChartConfiguration } from 'chart.js'
import { rangeLabel } from '../core/model/chart-words.ts'
import type { ChartSpec, ChartTheme } from '../core/model/chart.ts'
import { UTC, type TimeZone } from '../core/model/time-zone.ts'
import { datasetsOf, type ChartPoint } from './datasets.ts'
import { endLabels, type EndLabel } from './end-labels.ts'
import { FONT_FAMILY } from './font-family.ts'
import { paletteOf } from './palette.ts'
import { readable } from './readable.ts'
import { estimate, fit, oneLine, type Measure } from './text.ts'
import { timeTicks, type Tick } from './time-axis.ts'
import { countAxis, valueAxis, valueLabel } from './value-axis.ts'

/** The picture to draw it in: CSS pixels, and how wide text comes out there. */
export interface Canvas {
  readonly theme: ChartTheme
  readonly width: number
  readonly height: number
  readonly measure?: Measure
  /** Whose clock the times are shown by; UTC unless given. */
  readonly zone?: TimeZone
}

/** Everything a renderer needs, as plain data: Chart.js draws `config`, with `ticks` on its axes and `marks` upon it. */
export interface ChartPlan {
  readonly config: ChartConfiguration<'line', ChartPoint[]>
  readonly ticks: { readonly x: readonly Tick[]; readonly y: readonly Tick[]; readonly count: readonly Tick[] }
  readonly marks: {
    readonly target: { readonly value: number; readonly label: string } | null
    readonly events: ChartSpec['events']
    readonly ends: readonly EndLabel[]
    /** Said in the middle of a chart without a single value. */
    readonly empty: string | null
    /** Above the strip of member counts. */
    readonly countCaption: string | null
  }
  readonly compact: boolean
}

/** Plans the chart of `spec`; pure, and for any data a spec can hold. */
export function chartPlan(spec: ChartSpec, canvas: Canvas): ChartPlan {
  const { width, height, measure = estimate, zone = UTC } = canvas
  const palette = paletteOf(canvas.theme)
  const compact = width < 560 || height < 260
  const data = readable(spec)
  const { ends, room } = endLabels(data, { palette, compact, measure, width })
  const x = { min: data.fromAt, max: data.toAt }
  const y = valueAxis(spec.unit, data.low, data.high, height < 260 ? 2 : height > 520 ? 6 : 4)
  const count = data.counts.length === 0 ? null : countAxis(data.highestCount, 2)
  const margin = compact ? 14 : 22
  const plotWidth = width - 2 * margin - room - 44
  const small = { family: FONT_FAMILY, size: compact ? 10 : 11, weight: 400 as const }
  const heading = headingOf(
    spec,
    rangeLabel(data.fromAt, data.toAt, compact, zone),
    width - 2 * margin - room,
    compact,
    measure,
  )
  const tickLabels = { color: palette.textFaint, font: small, autoSkip: false, maxRotation: 0 }
  const grid = { color: palette.grid, lineWidth: 1, drawTicks: false }
  return {
    config: {
      type: 'line',
      data: { datasets: datasetsOf(data, palette) },
      options: {
        animation: false,
        responsive: false,
        events: [],
        normalized: true,
        parsing: false,
        clip: 4,
        layout: { padding: { left: margin, right: margin + room, top: margin - 2, bottom: margin - 8 } },
        scales: {
          x: {
            type: 'linear',
            bounds: 'data',
            ...x,
            grid: { ...grid, display: false },
            border: { color: palette.axis },
            ticks: { ...tickLabels, padding: compact ? 5 : 8 },
          },
          ...(count === null
            ? {}
            : {
                count: {
                  type: 'linear' as const,
                  bounds: 'data' as const,
                  position: 'left' as const,
                  stack: 'plot',
                  stackWeight: 1.5,
                  min: count.min,
                  max: count.max,
                  grid: { ...grid, display: false },
                  border: { display: false },
                  ticks: { ...tickLabels, padding: compact ? 6 : 10 },
                },
              }),
          y: {
            type: 'linear',
            bounds: 'data',
            position: 'left',
            stack: 'plot',
            stackWeight: 4,
            min: y.min,
            max: y.max,
            grid,
            border: { display: false },
            ticks: { ...tickLabels, padding: compact ? 6 : 10 },
          },
        },
        plugins: {
          legend: { display: false },
          tooltip: { enabled: false },
          title: {
            display: heading.title !== '',
            text: heading.title,
            align: 'start',
            color: palette.text,
            font: { family: FONT_FAMILY, size: compact ? 14 : 16, weight: 600, lineHeight: 1.2 },
            padding: 0,
          },
          subtitle: {
            display: true,
            text: heading.subtitle,
            align: 'start',
            color: palette.textFaint,
            font: { family: FONT_FAMILY, size: compact ? 11 : 12.5, weight: 400, lineHeight: 1.2 },
            // Below it: air, and the row in which scale events are named.
            padding: { top: compact ? 3 : 5, bottom: (compact ? 12 : 18) + (data.events.length > 0 ? 18 : 0) },
          },
        },
      },
    },
    ticks: {
      x: timeTicks(x.min, x.max, Math.max(2, Math.floor(plotWidth / (compact ? 68 : 92))), zone),
      // Without a value or a target there is no scale to tell.
      y: data.empty && data.target === null && spec.unit === 'number' ? unlabelled(y.ticks) : y.ticks,
      // No zero, which the axis below says; and none in little room, where the label at the end must do.
      count: compact ? [] : (count?.ticks.slice(1) ?? []),
    },
    marks: {
      target:
        data.target === null ? null : { value: data.target, label: `target ${valueLabel(data.target, spec.unit)}` },
      events: data.events,
      ends,
      empty: data.empty ? 'No samples in this range' : null,
      countCaption: count === null ? null : 'Members in service',
    },
    compact,
  }
}

/** Title and subtitle cut to the picture; the range comes first, for it is what a narrow picture must not lose. */
function headingOf(
  spec: ChartSpec,
  range: string,
  width: number,
  compact: boolean,
  measure: Measure,
): { readonly title: string; readonly subtitle: string } {
  const title = fit(oneLine(spec.title), width, (text) => measure(text, compact ? 14 : 16, 600))
  const extra = oneLine(spec.subtitle)
  const subtitle = extra === '' ? range : `${range}  ·  ${extra}`
  return { title, subtitle: fit(subtitle, width, (text) => measure(text, compact ? 11 : 12.5, 400)) }
}

function unlabelled(ticks: readonly Tick[]): readonly Tick[] {
  return ticks.map((tick) => ({ ...tick, label: '' }))
}
