import { MOST_HUES } from './crowd.ts'
import { lineColour } from './datasets.ts'
import type { Palette } from './palette.ts'
import type { ReadableSpec } from './readable.ts'
import type { ReadablePoint } from './crowd.ts'
import { fit, type Measure } from './text.ts'
import { valueLabel } from './value-axis.ts'

/** What stands at a line's end, in the margin right of the plot: its name (when there are several) and last value. */
export interface EndLabel {
  readonly axis: 'y' | 'count'
  readonly at: number
  readonly value: number
  readonly name: string
  readonly text: string
  readonly colour: string
  /** The line stops well before the range does: its last value is not the present one. */
  readonly ended: boolean
}

interface Look {
  readonly palette: Palette
  readonly compact: boolean
  readonly measure: Measure
  readonly width: number
}

/** The labels, and the room they need right of the plot, CSS px. */
export function endLabels(
  data: ReadableSpec,
  look: Look,
): { readonly ends: readonly EndLabel[]; readonly room: number } {
  const { palette, compact, measure } = look
  const count = data.lines.length
  const nameRoom = Math.min(150, look.width * 0.16)
  const size = endTextSize(compact)
  const endOf = (label: string, points: readonly ReadablePoint[], colour: string): readonly EndLabel[] => {
    const last = points.findLast(({ value }) => value !== null)
    if (last === undefined || last.value === null) return []
    const name = count === 1 ? '' : fit(label, nameRoom, (text) => measure(text, size, 500))
    const ended = last.at < data.toAt - (data.toAt - data.fromAt) * 0.03
    const text = ended && count > 1 ? '' : valueLabel(last.value, data.unit)
    return [{ axis: 'y', at: last.at, value: last.value, name, text, colour, ended }]
  }
  const found = data.lines.flatMap(({ label, points }, index) =>
    endOf(label, points, lineColour(palette, count, index)),
  )
  const lines =
    count > MOST_HUES
      ? [...endOf('mean', data.mean, palette.accent), ...extremes(found.filter(({ ended }) => !ended))]
      : found
  const lastCount = data.counts.at(-1)
  const counted: readonly EndLabel[] =
    lastCount === undefined
      ? []
      : [
          {
            axis: 'count',
            at: data.toAt,
            value: lastCount.value,
            name: '',
            text: valueLabel(lastCount.value, 'number'),
            colour: palette.textFaint,
            ended: false,
          },
        ]
  const ends = [...lines, ...counted]
  const widths = ends.map(({ name, text }) => {
    const value = text === '' ? 0 : measure(text, size, 600)
    return value + (name === '' ? 0 : measure(name, size, 500) + (value > 0 ? NAME_GAP : 0))
  })
  return { ends, room: ends.length === 0 ? 0 : Math.ceil(Math.max(...widths)) + END_GAP }
}

/** Between the plot and a label; between its name and value. */
export const END_GAP = 10
export const NAME_GAP = 7

export function endTextSize(compact: boolean): number {
  return compact ? 10.5 : 12
}

/** Of a crowd, only the highest and the lowest are named beside the mean. */
function extremes(labels: readonly EndLabel[]): readonly EndLabel[] {
  const sorted = labels.toSorted((a, b) => b.value - a.value)
  const [highest] = sorted
  const lowest = sorted.at(-1)
  if (highest === undefined || lowest === undefined) return []
  return highest === lowest ? [highest] : [highest, lowest]
}
