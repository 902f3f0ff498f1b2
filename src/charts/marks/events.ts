import type { Plugin } from 'chart.js'
import type { ChartPlan } from '../chart-config.ts'
import { groupEvents, type EventGroup } from '../event-groups.ts'
import { faded, type Palette } from '../palette.ts'
import { fit } from '../text.ts'
import { fontOf, penOf, type Pen } from './pen.ts'

const TRIANGLE = 4
/** Between a triangle and its text; between two parts of a group; between two groups. */
const TEXT_GAP = 3
const PART_GAP = 6
const GROUP_GAP = 10
const LONGEST_LABEL = 90

/** Scale events as upright lines, with triangles up or down and their labels in the row above the plot. */
export function eventMarks(plan: ChartPlan, palette: Palette): Plugin<'line'> {
  const colourOf = (direction: 'out' | 'in'): string => (direction === 'out' ? palette.good : palette.textSoft)
  return {
    id: 'events',
    beforeDatasetsDraw: (chart) => {
      const scale = chart.scales['x']
      if (plan.marks.events.length === 0 || scale === undefined) return
      const { top, bottom } = chart.chartArea
      const pen = penOf(chart)
      pen.save()
      pen.font = fontOf(plan.text * 0.93, 600)
      pen.textAlign = 'left'
      pen.textBaseline = 'middle'
      pen.lineWidth = 1
      const widthOf = (text: string): number => pen.measureText(text).width
      const marks = plan.marks.events.map(({ at, label, direction }) => ({
        x: Math.round(scale.getPixelForValue(at)) + 0.5,
        label: fit(label, LONGEST_LABEL, widthOf),
        direction,
      }))
      pen.setLineDash([2, 3])
      for (const { x, direction } of marks) {
        pen.strokeStyle = faded(colourOf(direction), 0.5)
        pen.beginPath()
        pen.moveTo(x, top - 3)
        pen.lineTo(x, bottom)
        pen.stroke()
      }
      const groups = groupEvents(marks, (parts) => groupWidth(parts, widthOf), GROUP_GAP)
      const row = top - plan.text * 0.85
      for (const { x, parts } of groups) {
        // At the picture's edge a label moves left rather than out of view.
        let from = Math.min(x - TRIANGLE, chart.width - 8 - groupWidth(parts, widthOf))
        for (const { direction, text } of parts) {
          pen.fillStyle = colourOf(direction)
          triangle(pen, from + TRIANGLE, row, direction === 'out')
          pen.fillText(text, from + 2 * TRIANGLE + TEXT_GAP, row + 0.5)
          from += 2 * TRIANGLE + TEXT_GAP + widthOf(text) + PART_GAP
        }
      }
      pen.restore()
    },
  }
}

function groupWidth(parts: EventGroup['parts'], widthOf: (text: string) => number): number {
  return parts.reduce((width, { text }) => width + 2 * TRIANGLE + TEXT_GAP + widthOf(text) + PART_GAP, -PART_GAP)
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
