import type { Plugin } from 'chart.js'
import type { ChartPlan } from '../chart-config.ts'
import type { Palette } from '../palette.ts'
import { fontOf, haloText, penOf } from './pen.ts'

/** The words inside the plot: that it is empty, and what the strip of steps counts. */
export function captionMarks(plan: ChartPlan, palette: Palette): Plugin<'line'> {
  return {
    id: 'captions',
    afterDatasetsDraw: (chart) => {
      const { empty, countCaption } = plan.marks
      const { left, right } = chart.chartArea
      const pen = penOf(chart)
      pen.save()
      const upper = chart.scales['y']
      if (empty !== null && upper !== undefined) {
        pen.font = fontOf(plan.compact ? 12 : 14, 500)
        pen.textAlign = 'center'
        pen.textBaseline = 'middle'
        // Between two grid lines.
        const middle = upper.top + (upper.bottom - upper.top) * 0.625
        haloText(pen, empty, (left + right) / 2, middle, palette.textFaint, palette.background)
      }
      const lower = chart.scales['count']
      if (countCaption !== null && lower !== undefined) {
        pen.font = fontOf(plan.compact ? 10 : 11, 500)
        pen.textAlign = 'left'
        pen.textBaseline = 'top'
        haloText(pen, countCaption, left + 8, lower.top + (plan.compact ? 3 : 7), palette.textFaint, palette.background)
      }
      pen.restore()
    },
  }
}
