import { lineColour } from './datasets.ts'
import { shortNames, textSizes, type Measure } from './text.ts'
import type { Palette } from './palette.ts'
import type { ReadablePanel, ReadableSpec } from './readable.ts'
import { valueLabel } from './value-axis.ts'

/** What stands at a line's end, in the margin right of the plot: its name (when there are several) and last value. */
export interface EndLabel {
  readonly axis: ReadablePanel['axis'] | 'count'
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
  readonly measure: Measure
  readonly width: number
}

/** Between the plot and a label; between its name and value. */
export const END_GAP = 9
export const NAME_GAP = 6

/** The labels, and the room they need right of the plot, CSS px. */
export function endLabels(
  data: ReadableSpec,
  look: Look,
): { readonly ends: readonly EndLabel[]; readonly room: number } {
  const { palette, measure, width } = look
  const { text: size } = textSizes(width)
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
  const ends = [...data.panels.flatMap((panel) => panelEnds(panel, data, look)), ...counted]
  const widths = ends.map(({ name, text }) => {
    const value = text === '' ? 0 : measure(text, size, 600)
    return value + (name === '' ? 0 : measure(name, size, 500) + (value > 0 ? NAME_GAP : 0))
  })
  return { ends, room: ends.length === 0 ? 0 : Math.ceil(Math.max(...widths)) + END_GAP }
}

/** Of the lines that have a hue; only several have names. */
function panelEnds(panel: ReadablePanel, { fromAt, toAt }: ReadableSpec, look: Look): readonly EndLabel[] {
  const { palette, measure, width } = look
  const { text: size } = textSizes(width)
  const single = panel.lines.length === 1
  const shown = panel.lines.filter(({ hue }) => hue !== null)
  const names = single
    ? ['']
    : shortNames(
        shown.map(({ label }) => label),
        Math.min(200, width * 0.24),
        (text) => measure(text, size, 500),
      )
  return shown.flatMap((line, index): readonly EndLabel[] => {
    const last = line.points.findLast(({ value }) => value !== null)
    if (last === undefined || last.value === null) return []
    const ended = last.at < toAt - (toAt - fromAt) * 0.03
    return [
      {
        axis: panel.axis,
        at: last.at,
        value: last.value,
        name: names[index] ?? '',
        text: ended && !single ? '' : valueLabel(last.value, panel.unit),
        colour: lineColour(palette, line),
        ended,
      },
    ]
  })
}
