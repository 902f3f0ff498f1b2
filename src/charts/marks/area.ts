import type { Plugin } from 'chart.js'
import { faded, type Palette } from '../palette.ts'
import { penOf } from './pen.ts'

/** The picture's ground, and a soft gradient under a line that stands alone. */
export function areaMark(palette: Palette, single: boolean): Plugin<'line'> {
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
      const dataset = chart.data.datasets[0]
      const scale = chart.scales['y']
      if (!single || dataset === undefined || scale === undefined) return
      const gradient = penOf(chart).createLinearGradient(0, scale.top, 0, scale.bottom)
      gradient.addColorStop(0, faded(palette.accent, 0.3))
      gradient.addColorStop(1, faded(palette.accent, 0.02))
      // Chart.js takes any gradient the canvas itself made.
      Object.assign(dataset, { backgroundColor: gradient })
    },
  }
}
