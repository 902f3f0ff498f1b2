import type { Plugin } from 'chart.js'
import type { ChartSpec } from '../../core/model/chart.ts'
import type { ChartPlan } from '../chart-config.ts'
import { faded, type Palette } from '../palette.ts'
import { fit } from '../text.ts'
import { fontOf, penOf, type Pen } from './pen.ts'

type Direction = ChartSpec['events'][number]['direction']

/** A scale event at its place, px. */
export interface EventMark {
  readonly x: number
  readonly label: string
  readonly direction: Direction
}

/** Events shown together, because apart their labels would lie on each other. */
export interface EventGroup {
  /** Of its first event. */
  readonly x: number
  readonly parts: readonly { readonly direction: Direction; readonly text: string }[]
}

/**
 * Groups events, in order of time, so that labels of `widthOf` px (from a mark's own place on) are `gap` apart.
 * A burst of `+1`s becomes one `+3`; ups and downs are shown side by side.
 */
export function groupEvents(
  marks: readonly EventMark[],
  widthOf: (parts: EventGroup['parts']) => number,
  gap: number,
): readonly EventGroup[] {
  const groups: EventMark[][] = []
  for (const mark of marks) {
    const group = groups.at(-1)
    const first = group?.[0]
    const free = group === undefined || first === undefined || mark.x >= first.x + widthOf(partsOf(group)) + gap
    if (free) groups.push([mark])
    else group.push(mark)
  }
  return groups.map((group) => ({ x: group[0]!.x, parts: partsOf(group) }))
}

function partsOf(group: readonly EventMark[]): EventGroup['parts'] {
  const directions = [...new Set(group.map(({ direction }) => direction))]
  return directions.map((direction) => ({
    direction,
    text: together(group.filter((mark) => mark.direction === direction).map(({ label }) => label)),
  }))
}

/** `+1`, `+2` → `+3`; labels that are not counts → how many there are. */
function together(labels: readonly string[]): string {
  if (labels.length === 1) return labels[0] ?? ''
  if (!labels.every((label) => /^[+−-]\d{1,6}$/.test(label))) return `×${labels.length}`
  const sum = labels.reduce((total, label) => total + Number(label.replace('−', '-')), 0)
  return sum < 0 ? `−${-sum}` : `+${sum}`
}

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
