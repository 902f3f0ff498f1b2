import type { Plugin } from 'chart.js'
import type { ChartPlan } from '../chart-config.ts'
import { faded, type Palette } from '../palette.ts'
import { fit } from '../text.ts'
import { fontOf, penOf, type Pen } from './pen.ts'

const LABEL_GAP = 8
const TRIANGLE = 4

/** Scale events as upright lines, with a triangle up or down and their label in the lane above the plot. */
export function eventMarks(plan: ChartPlan, palette: Palette): Plugin<'line'> {
  return {
    id: 'events',
    beforeDatasetsDraw: (chart) => {
      const scale = chart.scales['x']
      if (plan.marks.events.length === 0 || scale === undefined) return
      const { top, bottom, right } = chart.chartArea
      const pen = penOf(chart)
      pen.save()
      pen.font = fontOf(plan.compact ? 10 : 11, 600)
      pen.textAlign = 'left'
      pen.textBaseline = 'middle'
      pen.lineWidth = 1
      const lane = top - 10
      let free = -Infinity
      for (const event of plan.marks.events) {
        const x = Math.round(scale.getPixelForValue(event.at)) + 0.5
        const colour = event.direction === 'out' ? palette.good : palette.textSoft
        pen.strokeStyle = faded(colour, 0.5)
        pen.setLineDash([2, 3])
        pen.beginPath()
        pen.moveTo(x, top - 3)
        pen.lineTo(x, bottom)
        pen.stroke()
        // Events so near each other that marks would lie on one another keep their line only.
        if (x - TRIANGLE < free) continue
        pen.fillStyle = colour
        triangle(pen, x, lane, event.direction === 'out')
        const label = fit(event.label, 80, (text) => pen.measureText(text).width)
        const width = pen.measureText(label).width
        const from = x + TRIANGLE + 3
        const flipped = from + width > right + 6
        const next = nextMark(plan.marks.events, event, (at) => scale.getPixelForValue(at))
        if (flipped ? x - TRIANGLE - 3 - width < free : from + width > next) {
          free = x + TRIANGLE + 2
          continue
        }
        pen.fillText(label, flipped ? x - TRIANGLE - 3 - width : from, lane + 0.5)
        free = (flipped ? x + TRIANGLE : from + width) + LABEL_GAP / 2
      }
      pen.restore()
    },
  }
}

/** Where the next event's own mark begins. */
function nextMark(
  events: ChartPlan['marks']['events'],
  event: ChartPlan['marks']['events'][number],
  pixel: (at: number) => number,
): number {
  const next = events[events.indexOf(event) + 1]
  return next === undefined ? Infinity : pixel(next.at) - TRIANGLE - 2
}

function triangle(pen: Pen, x: number, y: number, up: boolean): void {
  const tip = up ? -TRIANGLE : TRIANGLE
  pen.beginPath()
  pen.moveTo(x, y + tip)
  pen.lineTo(x + TRIANGLE, y - tip * 0.75)
  pen.lineTo(x - TRIANGLE, y - tip * 0.75)
  pen.closePath()
  pen.fill()
}
