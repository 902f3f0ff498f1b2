import type { Chart, Plugin } from 'chart.js'
import type { ChartPlan } from '../chart-config.ts'
import type { Palette } from '../palette.ts'
import { fontOf, haloText, penOf } from './pen.ts'

/** Where along the line its name may stand, as shares of the room; the left end is the usual place. */
const PLACES = [0, 1, 0.5, 0.25, 0.75]
const INSET = 8

/** The target as a dashed line across the plot, named where the fewest lines pass. */
export function targetMark(plan: ChartPlan, palette: Palette): Plugin<'line'> {
  const { target } = plan.marks
  if (target === null) return { id: 'target' }
  return {
    id: 'target',
    beforeDatasetsDraw: (chart) => {
      const scale = chart.scales['y']
      if (scale === undefined) return
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
      const scale = chart.scales['y']
      if (scale === undefined) return
      const pen = penOf(chart)
      const size = plan.compact ? 10 : 11
      pen.save()
      pen.font = fontOf(size, 500)
      pen.textAlign = 'left'
      pen.textBaseline = 'middle'
      const label = { width: pen.measureText(target.label).width, height: size + 4 }
      const place = quietest(chart, scale.getPixelForValue(target.value), label, scale)
      haloText(pen, target.label, place.x, place.y, palette.warn, palette.background)
      pen.restore()
    },
  }
}

interface Place {
  readonly x: number
  readonly y: number
}

/** The place above or below the line at `y` with the fewest points of lines in it; `y` of a place is its middle. */
function quietest(
  chart: Chart<'line'>,
  y: number,
  label: { readonly width: number; readonly height: number },
  within: { readonly top: number; readonly bottom: number },
): Place {
  const points = chart.data.datasets
    .flatMap((dataset, index) => (dataset.yAxisID === 'y' ? chart.getDatasetMeta(index).data : []))
    .filter((point) => !(point as { readonly skip?: boolean }).skip)
  const room = chart.chartArea.right - chart.chartArea.left - label.width - 2 * INSET
  const heights = [y - label.height / 2 - 2, y + label.height / 2 + 3].filter(
    (middle) => middle - label.height / 2 >= within.top - 2 && middle + label.height / 2 <= within.bottom,
  )
  let best: Place = { x: chart.chartArea.left + INSET, y: heights[0] ?? y - label.height / 2 - 2 }
  let fewest = Infinity
  for (const height of heights) {
    for (const share of PLACES) {
      const x = chart.chartArea.left + INSET + room * share
      const crowd = points.filter(
        (point) =>
          point.x > x - 4 && point.x < x + label.width + 4 && Math.abs(point.y - height) < label.height / 2 + 2,
      ).length
      if (crowd >= fewest) continue
      fewest = crowd
      best = { x, y: height }
    }
  }
  return best
}
