import type { ChartDataset } from 'chart.js'
import { MOST_HUES } from './crowd.ts'
import { faded, type Palette } from './palette.ts'
import type { ReadableSpec } from './readable.ts'
import type { ReadablePoint } from './crowd.ts'

export interface ChartPoint {
  readonly x: number
  readonly y: number | null
}

type Line = ChartDataset<'line', ChartPoint[]>

/** The lines, and the member counts as steps; the first line is drawn on top. */
export function datasetsOf(data: ReadableSpec, palette: Palette): Line[] {
  const single = data.lines.length === 1
  const crowd = data.lines.length > MOST_HUES
  const members = data.lines.map(({ label, points, stepped }, index): Line => {
    const colour = lineColour(palette, data.lines.length, index)
    return {
      ...lineOf(label, points, crowd ? faded(colour, 0.45) : colour, single ? 2.25 : crowd ? 1 : 1.75),
      backgroundColor: faded(colour, 0.12),
      fill: single ? 'origin' : false,
      ...(stepped ? { stepped: 'before' as const } : {}),
      order: index,
    }
  })
  const mean = crowd ? [{ ...lineOf('mean', data.mean, palette.accent, 2.5), order: -1 }] : []
  const lines = [...members, ...mean]
  if (data.counts.length === 0) return lines
  const last = data.counts.at(-1)!
  return [
    ...lines,
    {
      label: 'Members in service',
      data: [...data.counts, { at: data.toAt, value: last.value }].map(({ at, value }) => ({ x: at, y: value })),
      yAxisID: 'count',
      borderColor: palette.textFaint,
      borderWidth: 1.5,
      stepped: 'before',
      pointRadius: 0,
      backgroundColor: faded(palette.textFaint, 0.16),
      fill: 'origin',
      order: data.lines.length,
    },
  ]
}

function lineOf(label: string, points: readonly ReadablePoint[], colour: string, width: number): Line {
  return {
    label,
    data: points.map(({ at, value }) => ({ x: at, y: value })),
    yAxisID: 'y',
    borderColor: colour,
    borderWidth: width,
    borderJoinStyle: 'round',
    borderCapStyle: 'round',
    cubicInterpolationMode: 'monotone',
    spanGaps: false,
    // A value alone between two gaps has no line to be seen by.
    pointRadius: points.map((_, index) => (alone(points, index) ? Math.max(1, width) : 0)),
    pointBackgroundColor: colour,
    pointBorderWidth: 0,
    fill: false,
  }
}

export function lineColour(palette: Palette, count: number, index: number): string {
  if (count > MOST_HUES) return palette.muted
  return count === 1 ? palette.accent : (palette.lines[index] ?? palette.muted)
}

function alone(points: readonly ReadablePoint[], index: number): boolean {
  const missing = (at: number): boolean => (points[at]?.value ?? null) === null
  return !missing(index) && missing(index - 1) && missing(index + 1)
}
