import type { ChartSpec } from '../core/model/chart.ts'
import { chartPlan, type Canvas, type ChartPlan } from './chart-config.ts'
import type { ChartPoint } from './datasets.ts'
import { FONT_FAMILY } from './font-family.ts'
import { faded, paletteOf, type Palette } from './palette.ts'

/** A Chart.js 4 configuration that survives JSON: no functions, no undefined, no numbers that JSON does not know. */
export type PlainChart = Readonly<Record<string, unknown>>

/** A value axis of the plan, as far as it is plain. */
interface PlainScale {
  readonly min?: unknown
  readonly max?: unknown
  readonly ticks?: object
}

/** Times are marked on an axis of so many places, of which those with a round time carry its name. */
const PLACES = 480

/**
 * The chart of `spec` as plain data. What the local renderer draws by code is said in Chart.js's own words: the target
 * and the scale events are lines, and what stands at a line's end there stands in the legend here.
 */
export function quickChartConfig(spec: ChartSpec, canvas: Canvas): PlainChart {
  const palette = paletteOf(canvas.theme)
  const plan = chartPlan(spec, canvas)
  const { data, options = {} } = plan.config
  const { x, y, count } = (options.scales ?? {}) as Readonly<Record<string, PlainScale | undefined>>
  const [fromAt, toAt] = [Number(x?.min), Number(x?.max)]
  const extra = [...targetLine(plan, palette, fromAt, toAt), ...eventLines(plan, palette, y)]
  const margin = plan.compact ? 14 : 22
  const chart = {
    type: 'line',
    data: { datasets: [...data.datasets.map((line) => ({ ...line, label: labelOf(plan, line) })), ...extra] },
    options: {
      ...options,
      locale: 'en-US',
      layout: { padding: { left: margin, right: margin, top: margin - 2, bottom: margin - 8 } },
      scales: {
        x: { ...x, display: false },
        when: timeAxis(plan, palette, fromAt, toAt),
        // Of a stack the first is the lowest.
        ...(count === undefined
          ? {}
          : {
              count: {
                ...count,
                max: below(plan.ticks.count, Number(count.max)),
                ticks: {
                  ...count.ticks,
                  ...steps(plan.ticks.count),
                  precision: 0,
                  includeBounds: false,
                  display: shown(plan.ticks.count),
                },
              },
            }),
        y: {
          ...y,
          ticks: { ...y?.ticks, ...steps(plan.ticks.y), format: formatOf(spec.unit), display: shown(plan.ticks.y) },
        },
      },
      plugins: {
        ...options.plugins,
        subtitle: subtitleOf(plan),
        legend: legend(plan, palette),
        // QuickChart has it always, and it would write a number at every point.
        datalabels: { display: false },
      },
    },
  }
  return JSON.parse(JSON.stringify(chart)) as PlainChart
}

/** Chart.js can only name places on a time axis by code, so the names are those of a category axis beside it. */
function timeAxis({ ticks, compact }: ChartPlan, palette: Palette, fromAt: number, toAt: number): object {
  const labels = Array.from({ length: PLACES + 1 }, () => '')
  for (const { value, label } of ticks.x) {
    const place = Math.round(((value - fromAt) / (toAt - fromAt)) * PLACES)
    if (place >= 0 && place <= PLACES) labels[place] = label
  }
  return {
    type: 'category',
    axis: 'x',
    position: 'bottom',
    labels,
    offset: false,
    grid: { display: false, drawTicks: false },
    border: { color: palette.axis },
    ticks: {
      autoSkip: false,
      maxRotation: 0,
      color: palette.textFaint,
      padding: compact ? 5 : 8,
      font: { family: FONT_FAMILY, size: compact ? 10 : 11 },
    },
  }
}

function targetLine({ marks }: ChartPlan, palette: Palette, fromAt: number, toAt: number): readonly object[] {
  if (marks.target === null) return []
  const { value, label } = marks.target
  const points: readonly ChartPoint[] = [fromAt, toAt].map((x) => ({ x, y: value }))
  return [{ ...thin(label, palette.warn), data: points, borderDash: [5, 4] }]
}

/** Upright lines, one colour for out and one for in. */
function eventLines({ marks }: ChartPlan, palette: Palette, y: PlainScale | undefined): readonly object[] {
  return (['out', 'in'] as const).flatMap((direction) => {
    const events = marks.events.filter((event) => event.direction === direction)
    if (events.length === 0) return []
    const data = events.flatMap(({ at }) => [
      { x: at, y: Number(y?.min) },
      { x: at, y: Number(y?.max) },
      { x: at, y: null },
    ])
    const colour = direction === 'out' ? palette.good : palette.textSoft
    const label =
      events.length === 1 ? `scale ${direction} ${events[0]?.label ?? ''}` : `${events.length} × scale ${direction}`
    return [{ ...thin(label, faded(colour, 0.6)), data, borderDash: [2, 3] }]
  })
}

function thin(label: string, colour: string): object {
  return {
    label,
    yAxisID: 'y',
    borderColor: colour,
    borderWidth: 1.5,
    pointRadius: 0,
    fill: false,
    spanGaps: false,
    order: -2,
  }
}

/** A line's name with its last value. */
function labelOf(
  { marks, config }: ChartPlan,
  line: { readonly label?: string | undefined; readonly borderColor?: unknown },
): string {
  const name = line.label ?? ''
  const own = marks.ends.filter(({ axis, colour }) => axis === 'y' && colour === line.borderColor)
  // In a crowd many lines share a colour, and only their mean has its own.
  const text =
    own.length === 1 && config.data.datasets.filter(({ borderColor }) => borderColor === line.borderColor).length === 1
      ? own[0]?.text
      : ''
  return text === undefined || text === '' ? name : `${name}  ${text}`
}

function subtitleOf({ config, marks }: ChartPlan): object {
  const subtitle = config.options?.plugins?.subtitle ?? {}
  const text = typeof subtitle.text === 'string' ? subtitle.text : ''
  return marks.empty === null ? subtitle : { ...subtitle, text: `${text}  ·  ${marks.empty.toLowerCase()}` }
}

const MOST_NAMES = 10

function legend({ config, compact }: ChartPlan, palette: Palette): object {
  return {
    display: !compact && config.data.datasets.length <= MOST_NAMES,
    position: 'bottom',
    align: 'start',
    labels: {
      boxWidth: 14,
      boxHeight: 1,
      padding: 12,
      color: palette.textSoft,
      font: { family: FONT_FAMILY, size: 11 },
    },
  }
}

function steps(ticks: ChartPlan['ticks']['y']): object {
  const [first, second] = ticks
  return first === undefined || second === undefined
    ? {}
    : { stepSize: Number((second.value - first.value).toPrecision(12)) }
}

/** The end of an axis, short of the tick after its last: that one would be named too. */
function below(ticks: ChartPlan['ticks']['y'], max: number): number {
  const [last, before] = [ticks.at(-1), ticks.at(-2)]
  if (last === undefined) return max
  return Math.min(max, last.value + 0.9 * (last.value - (before?.value ?? 0)))
}

function shown(ticks: ChartPlan['ticks']['y']): boolean {
  return ticks.some(({ label }) => label !== '')
}

function formatOf(unit: ChartSpec['unit']): object {
  return unit === 'fraction'
    ? { style: 'percent', minimumFractionDigits: 0, maximumFractionDigits: 0 }
    : { notation: 'compact', maximumSignificantDigits: 3 }
}
