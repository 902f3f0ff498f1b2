import type { ChartConfiguration } from 'chart.js'
import { rangeLabel, type ChartSpec, type ChartTheme } from '../core/model/chart.ts'
import { zoneOf } from '../core/model/time-zone.ts'
import { datasetsOf, type ChartPoint } from './datasets.ts'
import { endLabels, type EndLabel } from './end-labels.ts'
import { estimate, fit, FONT_FAMILY, oneLine, textSizes, type Measure } from './text.ts'
import { paletteOf } from './palette.ts'
import { readable, type ReadablePanel, type ReadableSpec } from './readable.ts'
import { scalesOf } from './scales.ts'
import { countAxis, timeTicks, valueAxis, valueLabel, type Tick, type ValueAxis } from './value-axis.ts'

/** The picture to draw it in: CSS pixels, and how wide text comes out there. */
export interface Canvas {
  readonly theme: ChartTheme
  readonly width: number
  readonly height: number
  readonly measure?: Measure
}

/** What is written in one panel's plot. */
export interface PanelMarks {
  readonly axis: ReadablePanel['axis']
  /** Which stat it is; empty: the only one. */
  readonly caption: string
  readonly target: { readonly value: number; readonly label: string } | null
  /** The highest sample of all, with whose it was. */
  readonly peak: { readonly at: number; readonly value: number; readonly label: string } | null
  /** Said in the middle of a panel without a single value. */
  readonly empty: string | null
}

/** Everything a renderer needs, as plain data: Chart.js draws `config`, with `ticks` on its axes and `marks` upon it. */
export interface ChartPlan {
  readonly config: ChartConfiguration<'line', ChartPoint[]>
  /** Of each scale; of one there is not, none. */
  readonly ticks: Readonly<Record<'x' | EndLabel['axis'], readonly Tick[]>>
  readonly marks: {
    readonly panels: readonly PanelMarks[]
    readonly events: ChartSpec['events']
    readonly ends: readonly EndLabel[]
    /** Above the strip of member counts. */
    readonly countCaption: string | null
  }
  readonly text: number
  /** What the labels at the ends of lines need right of the plot, CSS px. */
  readonly room: number
}

/** Plans the chart of `spec`; pure, and for any data a spec can hold. */
export function chartPlan(spec: ChartSpec, canvas: Canvas): ChartPlan {
  const { width, height, measure = estimate } = canvas
  const palette = paletteOf(canvas.theme)
  const zone = zoneOf(spec.timeZone)
  const sizes = textSizes(width)
  const { text } = sizes
  const narrow = width < 420
  const data = readable(spec)
  const { ends, room } = endLabels(data, { palette, measure, width })
  const margin = Math.round(text * 1.2)
  const inner = width - 2 * margin
  const row = data.events.length > 0 ? text * 1.4 : 0
  const plot = { width: inner - room - text * 3.4, height: height - 2 * margin - text * 5.6 - row }
  const weights = { panel: 4, count: data.counts.length === 0 ? 0 : 1.5 }
  const share = weights.panel / (data.panels.length * weights.panel + weights.count)
  const axes = data.panels.map((panel) => axisOf(panel, plot.height * share, text))
  const count =
    data.counts.length === 0
      ? null
      : countAxis(data.showsMost ? (data.mostCount ?? 0) : data.highestCount, data.showsMost)
  const range = rangeLabel(data.fromAt, data.toAt, narrow, zone)
  const extra = oneLine(spec.subtitle)
  const heading = (words: string, size: number, weight: number): string =>
    fit(words, inner, (part) => measure(part, size, weight))
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
        layout: { padding: { left: margin, right: margin, top: margin, bottom: margin - 4 } },
        scales: scalesOf(data, { axes, count, weights, palette, text }),
        plugins: {
          legend: { display: false },
          tooltip: { enabled: false },
          title: {
            display: true,
            text: heading(oneLine(spec.title), sizes.title, 600),
            align: 'start',
            color: palette.text,
            font: { family: FONT_FAMILY, size: sizes.title, weight: 600, lineHeight: 1.2 },
            padding: 0,
          },
          subtitle: {
            display: true,
            // The range comes first, for it is what a narrow picture must not lose.
            text: heading(extra === '' ? range : `${range}  ·  ${extra}`, text, 400),
            align: 'start',
            color: palette.textFaint,
            font: { family: FONT_FAMILY, size: text, weight: 400, lineHeight: 1.2 },
            // Below it: air, and the row in which scale events are named.
            padding: { top: 3, bottom: text * 1.1 + row },
          },
        },
      },
    },
    ticks: {
      x: timeTicks(data.fromAt, data.toAt, Math.max(2, Math.floor(plot.width / (text * 5.6))), zone),
      y: labelled(data.panels[0], axes[0]),
      below: labelled(data.panels[1], axes[1]),
      // The count at the end says the rest.
      count: narrow ? [] : (count?.ticks ?? []),
    },
    marks: {
      panels: data.panels.map(marksOf),
      events: data.events,
      ends,
      countCaption: count === null ? null : countWords(data),
    },
    text,
    room,
  }
}

/** With air above the scale for the name of the stat, where it has one. */
function axisOf(panel: ReadablePanel, height: number, text: number): ValueAxis {
  const axis = valueAxis(panel.unit, panel.low, panel.high, Math.max(1, Math.min(6, Math.floor(height / (text * 2.3)))))
  if (panel.caption === '') return axis
  return { ...axis, max: axis.max + ((axis.max - axis.min) * text * 1.7) / Math.max(1, height - text * 1.7) }
}

/** Without a value or a target there is no scale to tell. */
function labelled(panel: ReadablePanel | undefined, axis: ValueAxis | undefined): readonly Tick[] {
  if (panel === undefined || axis === undefined) return []
  const unknown = panel.empty && panel.target === null && panel.unit === 'number'
  return unknown ? axis.ticks.map((tick) => ({ ...tick, label: '' })) : axis.ticks
}

function marksOf({ axis, caption, unit, target, peak, empty }: ReadablePanel): PanelMarks {
  return {
    axis,
    caption,
    target: target === null ? null : { value: target, label: `target ${valueLabel(target, unit)}` },
    peak: peak === null ? null : { ...peak, label: `${peak.label} ${valueLabel(peak.value, unit)}` },
    empty: empty ? 'No samples in this range' : null,
  }
}

function countWords({ mostCount, showsMost }: ReadableSpec): string {
  return mostCount === null || showsMost ? 'Members' : `Members, max ${valueLabel(mostCount, 'number')}`
}
