import type { Plugin } from 'chart.js'
import type { ChartPlan } from '../chart-config.ts'
import { END_GAP, NAME_GAP, type EndLabel } from '../end-labels.ts'
import type { Palette } from '../palette.ts'
import { fontOf, haloText, penOf, type Pen } from './pen.ts'

/** A dot where each line ends, and beside it the line's name and last value; labels make room for each other. */
export function endMarks(plan: ChartPlan, palette: Palette): Plugin<'line'> {
  return {
    id: 'ends',
    afterDatasetsDraw: (chart) => {
      const x = chart.scales['x']
      if (x === undefined) return
      const pen = penOf(chart)
      const size = plan.text
      const placed = plan.marks.ends.flatMap((end) => {
        const scale = chart.scales[end.axis]
        if (scale === undefined) return []
        return [{ end, x: x.getPixelForValue(end.at), y: scale.getPixelForValue(end.value) }]
      })
      pen.save()
      for (const { end, x, y } of placed) dot(pen, x, y, end, palette)
      const axes = [...new Set(placed.map(({ end }) => end.axis))]
      const labelled = axes.flatMap((axis) => {
        const own = placed.filter(({ end }) => end.axis === axis)
        const scale = chart.scales[axis]
        // The strip's only label stands where its line ends.
        const bottom = axis === 'count' ? chart.chartArea.bottom : (scale?.bottom ?? chart.chartArea.bottom)
        const heights = spread(
          own.map(({ y }) => y),
          size * 1.3,
          scale?.top ?? chart.chartArea.top,
          bottom,
        )
        return own.map((place, index) => ({ ...place, y: heights[index] ?? place.y }))
      })
      for (const { end, x, y } of labelled) {
        // A line that stopped early and stands alone keeps its value beside its last point.
        const beside = end.ended && end.name === ''
        label(pen, end, (beside ? x : chart.chartArea.right) + END_GAP, y, size, palette)
      }
      pen.restore()
    },
  }
}

function dot(pen: Pen, x: number, y: number, end: EndLabel, palette: Palette): void {
  pen.beginPath()
  pen.arc(x, y, 3.25, 0, Math.PI * 2)
  pen.fillStyle = end.colour
  pen.strokeStyle = palette.background
  pen.lineWidth = 2
  pen.stroke()
  pen.fill()
}

function label(pen: Pen, end: EndLabel, x: number, y: number, size: number, palette: Palette): void {
  pen.textAlign = 'left'
  pen.textBaseline = 'middle'
  let from = x
  if (end.name !== '') {
    pen.font = fontOf(size, 500)
    haloText(pen, end.name, from, y, end.colour, palette.background)
    from += pen.measureText(end.name).width + NAME_GAP
  }
  if (end.text === '') return
  pen.font = fontOf(size, 600)
  haloText(pen, end.text, from, y, palette.text, palette.background)
}

/** Heights near the given ones, at least `gap` apart and within `top` to `bottom` while they fit there. */
export function spread(heights: readonly number[], gap: number, top: number, bottom: number): readonly number[] {
  const order = heights.map((y, index) => ({ y, index })).toSorted((a, b) => a.y - b.y)
  const groups: { from: number; count: number; sum: number }[] = []
  for (const [rank, { y }] of order.entries()) {
    // Least squares with a minimum distance: neighbours that would collide become one block around their mean.
    groups.push({ from: rank, count: 1, sum: y - rank * gap })
    while (groups.length > 1) {
      const last = groups.at(-1)!
      const before = groups.at(-2)!
      if (before.sum / before.count <= last.sum / last.count) break
      groups.splice(-2, 2, { from: before.from, count: before.count + last.count, sum: before.sum + last.sum })
    }
  }
  const placed: number[] = []
  const most = bottom - gap * (order.length - 1)
  for (const { from, count, sum } of groups) {
    const start = Math.max(top, Math.min(sum / count, Math.max(top, most)))
    for (let rank = from; rank < from + count; rank++) placed[order[rank]!.index] = start + rank * gap
  }
  return placed
}
