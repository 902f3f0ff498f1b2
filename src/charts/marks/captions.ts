import type { Plugin } from 'chart.js'
import type { ChartPlan } from '../chart-config.ts'
import type { Palette } from '../palette.ts'
import { fontOf, haloText, penOf } from './pen.ts'

/** The words inside the plot: which stat it is, that it is empty, and what the strip of steps counts. */
export function captionMarks({ marks, text }: ChartPlan, palette: Palette): Plugin<'line'> {
  return {
    id: 'captions',
    afterDatasetsDraw: (chart) => {
      const { left, right } = chart.chartArea
      const pen = penOf(chart)
      const corner = (words: string, top: number, colour: string, weight: number): void => {
        pen.font = fontOf(text, weight)
        pen.textAlign = 'left'
        pen.textBaseline = 'top'
        haloText(pen, words, left + 6, top, colour, palette.background)
      }
      pen.save()
      for (const { axis, caption, empty } of marks.panels) {
        const scale = chart.scales[axis]
        if (scale === undefined) continue
        if (caption !== '') corner(caption, scale.top + 2, palette.textSoft, 600)
        if (empty === null) continue
        pen.font = fontOf(text, 500)
        pen.textAlign = 'center'
        pen.textBaseline = 'middle'
        // Between two grid lines.
        const middle = scale.top + (scale.bottom - scale.top) * 0.625
        haloText(pen, empty, (left + right) / 2, middle, palette.textFaint, palette.background)
      }
      const strip = chart.scales['count']
      if (marks.countCaption !== null && strip !== undefined) {
        corner(marks.countCaption, strip.top + text * 0.35, palette.textFaint, 500)
      }
      pen.restore()
    },
  }
}
