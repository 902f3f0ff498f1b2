import type { Plugin } from 'chart.js'
import { faded, type Palette } from '../palette.ts'
import { penOf } from './pen.ts'

/** The picture's ground, and a soft gradient under a line that stands alone without a band. */
export function areaMark(palette: Palette): Plugin<'line'> {
  return {
    id: 'area',
    beforeDraw: (chart) => {
      const pen = penOf(chart)
      pen.save()
      pen.fillStyle = palette.background
      pen.fillRect(0, 0, chart.width, chart.height)
      pen.restore()
    },
    afterLayout: (chart) => {
      for (const dataset of chart.data.datasets) {
        const scale = chart.scales[dataset.yAxisID ?? '']
        if (dataset.fill !== 'origin' || dataset.yAxisID === 'count' || scale === undefined) continue
        const gradient = penOf(chart).createLinearGradient(0, scale.top, 0, scale.bottom)
        gradient.addColorStop(0, faded(String(dataset.borderColor), 0.3))
        gradient.addColorStop(1, faded(String(dataset.borderColor), 0.02))
        // Chart.js takes any gradient the canvas itself made.
        Object.assign(dataset, { backgroundColor: gradient })
      }
    },
  }
}
