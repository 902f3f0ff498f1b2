import type { ChartDataset } from 'chart.js'
import { faded, type Palette } from './palette.ts'
import type { ReadableLine, ReadablePanel, ReadablePoint, ReadableSpec } from './readable.ts'
import { valueLabel } from './value-axis.ts'

export interface ChartPoint {
  readonly x: number
  readonly y: number | null
}

type Dataset = ChartDataset<'line', ChartPoint[]>

/** What lies over what: the lower, the further up. */
const ORDER = { lead: 0, line: 1, target: 2, rest: 3, band: 4, count: 5 }

/** Every panel's target, bands and lines (straight from value to value, or in steps), and the member counts as steps. */
export function datasetsOf(data: ReadableSpec, palette: Palette): Dataset[] {
  return [...data.panels.flatMap((panel) => panelSets(panel, data, palette)), ...countSets(data, palette)]
}

function panelSets(panel: ReadablePanel, { fromAt, toAt }: ReadableSpec, palette: Palette): readonly Dataset[] {
  const { axis, target, lines } = panel
  const alone = lines.length === 1
  const sets = lines.flatMap((line): readonly Dataset[] => {
    const colour = lineColour(palette, line)
    const drawn: Dataset = {
      ...lineOf(line.label, axis, line.points, colour, alone || line.leads ? 2.25 : line.hue === null ? 1 : 1.75),
      order: line.hue === null ? ORDER.rest : line.leads ? ORDER.lead : ORDER.line,
      ...(line.stepped ? { stepped: 'before' as const } : {}),
    }
    if (line.band.length > 0) return [...bandSets(line, axis, colour), drawn]
    return [alone ? { ...drawn, fill: 'origin', backgroundColor: faded(colour, 0.14) } : drawn]
  })
  if (target === null) return sets
  const ends = [fromAt, toAt].map((at) => ({ at, value: target }))
  const label = `target ${valueLabel(target, panel.unit)}`
  return [
    ...sets,
    {
      ...lineOf(label, axis, ends, palette.target, 1.5),
      borderDash: [7, 4],
      borderCapStyle: 'butt',
      order: ORDER.target,
    },
  ]
}

/** Two lines that are not seen, and what is between them. */
function bandSets({ band, stepped }: ReadableLine, axis: string, colour: string): readonly Dataset[] {
  const edge = (label: string, of: 'low' | 'high'): Dataset => ({
    label,
    data: band.map((point) => ({ x: point.at, y: point[of] })),
    yAxisID: axis,
    borderWidth: 0,
    borderColor: 'transparent',
    pointRadius: 0,
    spanGaps: false,
    fill: false,
    order: ORDER.band,
    ...(stepped ? { stepped: 'before' as const } : {}),
  })
  return [
    { ...edge(' ', 'low'), backgroundColor: 'transparent' },
    { ...edge('lowest to highest', 'high'), fill: '-1', backgroundColor: faded(colour, 0.24) },
  ]
}

function countSets({ counts, fromAt, toAt, mostCount, showsMost }: ReadableSpec, palette: Palette): readonly Dataset[] {
  const last = counts.at(-1)
  if (last === undefined) return []
  const steps: Dataset = {
    ...lineOf('members', 'count', [...counts, { at: toAt, value: last.value }], palette.textFaint, 1.5),
    stepped: 'before',
    backgroundColor: faded(palette.textFaint, 0.18),
    fill: 'origin',
    order: ORDER.count,
  }
  if (!showsMost) return [steps]
  const ends = [fromAt, toAt].map((at) => ({ at, value: mostCount }))
  return [
    steps,
    { ...lineOf(`max ${mostCount}`, 'count', ends, palette.axis, 1), borderDash: [2, 3], order: ORDER.count },
  ]
}

function lineOf(label: string, axis: string, points: readonly ReadablePoint[], colour: string, width: number): Dataset {
  return {
    label,
    data: points.map(({ at, value }) => ({ x: at, y: value })),
    yAxisID: axis,
    borderColor: colour,
    borderWidth: width,
    borderJoinStyle: 'round',
    borderCapStyle: 'round',
    spanGaps: false,
    // A value alone between two gaps has no line to be seen by.
    pointRadius: points.map((_, index) => (alone(points, index) ? Math.max(1, width) : 0)),
    pointBackgroundColor: colour,
    pointBorderWidth: 0,
    fill: false,
  }
}

export function lineColour(palette: Palette, { hue }: Pick<ReadableLine, 'hue'>): string {
  return (hue === null ? undefined : palette.lines[hue]) ?? palette.rest
}

function alone(points: readonly ReadablePoint[], index: number): boolean {
  const missing = (at: number): boolean => (points[at]?.value ?? null) === null
  return !missing(index) && missing(index - 1) && missing(index + 1)
}
