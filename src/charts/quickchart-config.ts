import type { ChartSpec } from '../core/model/chart.ts'
import { chartPlan, type Canvas, type ChartPlan } from './chart-config.ts'
import { estimate, fit, FONT_FAMILY, shortNames } from './text.ts'
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
  const { x, count, below, y } = (options.scales ?? {}) as Readonly<Record<string, PlainScale | undefined>>
  const [fromAt, toAt] = [Number(x?.min), Number(x?.max)]
  const margin = Math.round(plan.text * 1.2)
  const panel = (scale: PlainScale | undefined, of: 'y' | 'below', unit: ChartSpec['unit']): object => ({
    ...scale,
    // Its name stands beside it, and needs no air above.
    max: plan.ticks[of].at(-1)?.value ?? scale?.max,
    title: scaleTitle(plan, of, palette),
    ticks: { ...scale?.ticks, ...steps(plan.ticks[of]), format: formatOf(unit), display: shown(plan.ticks[of]) },
  })
  const chart = {
    type: 'line',
    data: {
      datasets: [
        ...data.datasets.map((line) => ({ ...line, label: labelOf(plan, line) })),
        ...eventLines(plan, palette, y),
      ],
    },
    options: {
      ...options,
      locale: 'en-US',
      layout: { padding: { left: margin, right: margin, top: margin, bottom: margin - 4 } },
      scales: {
        x: { ...x, display: false },
        when: timeAxis(plan, palette, fromAt, toAt),
        // Of a stack the first is the lowest.
        ...(count === undefined
          ? {}
          : {
              count: {
                ...count,
                max: under(plan.ticks.count, Number(count.max)),
                ticks: {
                  ...count.ticks,
                  ...steps([{ value: 0 }, ...plan.ticks.count]),
                  precision: 0,
                  includeBounds: false,
                  display: shown(plan.ticks.count),
                },
              },
            }),
        ...(below === undefined
          ? {}
          : {
              below: panel(below, 'below', spec.below?.unit ?? 'number'),
              // Or the highest name of the one would lie on the lowest of the other.
              gap: { ...below, stackWeight: 0.6, ticks: { display: false }, grid: { display: false } },
            }),
        y: panel(y, 'y', spec.unit),
      },
      plugins: {
        ...options.plugins,
        subtitle: subtitleOf(plan, canvas.width - 2 * margin),
        legend: legend(plan, palette),
        // QuickChart has it always, and it would write a number at every point.
        datalabels: { display: false },
      },
    },
  }
  return JSON.parse(JSON.stringify(chart)) as PlainChart
}

/** Chart.js can only name places on a time axis by code, so the names are those of a category axis beside it. */
function timeAxis({ ticks, text }: ChartPlan, palette: Palette, fromAt: number, toAt: number): object {
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
      padding: text * 0.5,
      font: { family: FONT_FAMILY, size: text },
    },
  }
}

/** Beside its scale, where there are two: which stat it is. */
function scaleTitle({ marks, text }: ChartPlan, of: 'y' | 'below', palette: Palette): object {
  const caption = marks.panels.find(({ axis }) => axis === of)?.caption ?? ''
  return { display: caption !== '', text: caption, color: palette.textSoft, font: { family: FONT_FAMILY, size: text } }
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
    return [
      {
        label,
        data,
        yAxisID: 'y',
        borderColor: faded(colour, 0.6),
        borderWidth: 1.5,
        borderDash: [2, 3],
        pointRadius: 0,
        fill: false,
        spanGaps: false,
        order: -1,
      },
    ]
  })
}

/** A line's name with its last value. */
function labelOf(
  { marks, config }: ChartPlan,
  line: { readonly label?: string | undefined; readonly borderColor?: unknown; readonly yAxisID?: string | undefined },
): string {
  const name = shortNames([line.label ?? ''], MOST_LETTERS, (text) => text.length)[0] ?? ''
  const alike = config.data.datasets.filter(
    ({ yAxisID, borderColor }) => yAxisID === line.yAxisID && borderColor === line.borderColor,
  )
  // The grey rest of a crowd shares its colour, and has no labels.
  const own = marks.ends.find(({ axis, colour }) => axis === line.yAxisID && colour === line.borderColor)
  return own === undefined || own.text === '' || alike.length > 1 ? name : `${name}  ${own.text}`
}

function subtitleOf({ config, marks, text }: ChartPlan, width: number): object {
  const subtitle = config.options?.plugins?.subtitle ?? {}
  const words = [typeof subtitle.text === 'string' ? subtitle.text : '']
  for (const { peak, empty, caption } of marks.panels) {
    if (peak !== null) words.push(`hottest ${peak.label}`)
    if (empty !== null) words.push(`${caption} ${empty.toLowerCase()}`.trim())
  }
  return { ...subtitle, text: fit(words.join('  ·  '), width, (part) => estimate(part, text, 400)) }
}

const MOST_NAMES = 16
const MOST_LETTERS = 40

function legend({ config, text }: ChartPlan, palette: Palette): object {
  return {
    display: config.data.datasets.length <= MOST_NAMES,
    position: 'bottom',
    align: 'start',
    labels: {
      boxWidth: 14,
      boxHeight: 1,
      padding: text * 0.7,
      color: palette.textSoft,
      font: { family: FONT_FAMILY, size: text * 0.9 },
    },
  }
}

function steps(ticks: readonly { readonly value: number }[]): object {
  const [first, second] = ticks
  return first === undefined || second === undefined
    ? {}
    : { stepSize: Number((second.value - first.value).toPrecision(12)) }
}

/** The end of an axis, short of the tick after its last: that one would be named too. */
function under(ticks: ChartPlan['ticks']['y'], max: number): number {
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
