import type { Plugin } from 'chart.js'
import type { ChartPlan } from '../chart-config.ts'
import type { Palette } from '../palette.ts'
import { fontOf, haloText, penOf } from './pen.ts'

/** The target as a dashed line across the plot, named at its left end. */
export function targetMark(plan: ChartPlan, palette: Palette): Plugin<'line'> {
  return {
    id: 'target',
    beforeDatasetsDraw: (chart) => {
      const { target } = plan.marks
      const scale = chart.scales['y']
      if (target === null || scale === undefined) return
      const pen = penOf(chart)
      const y = Math.round(scale.getPixelForValue(target.value)) + 0.5
      pen.save()
      pen.strokeStyle = palette.warn
      pen.lineWidth = 1.25
      pen.setLineDash([5, 5])
      pen.beginPath()
      pen.moveTo(chart.chartArea.left, y)
      pen.lineTo(chart.chartArea.right, y)
      pen.stroke()
      pen.restore()
    },
    // The name goes above the lines, or a busy chart would cross it out.
    afterDatasetsDraw: (chart) => {
      const { target } = plan.marks
      const scale = chart.scales['y']
      if (target === null || scale === undefined) return
      const pen = penOf(chart)
      const size = plan.compact ? 10 : 11
      const y = scale.getPixelForValue(target.value)
      const above = y - size - 6 > scale.top
      pen.save()
      pen.font = fontOf(size, 500)
      pen.textAlign = 'left'
      pen.textBaseline = above ? 'bottom' : 'top'
      haloText(pen, target.label, chart.chartArea.left + 8, above ? y - 4 : y + 5, palette.warn, palette.background)
      pen.restore()
    },
  }
}
