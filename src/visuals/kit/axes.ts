import { scaleBand, scaleLinear } from 'd3-scale'
import type { Box, Clock, Colours, NumberScale, Picture, Scales } from '../../core/visual/visual.ts'
import type { Ruler } from './text.ts'

export const scales: Scales = {
  linear: (domain, range, exact) => {
    const scale = scaleLinear().domain(domain).range(range)
    return exact === undefined ? scale.nice(5) : scale
  },
  band: (names, range, padding = 0.1) => {
    const scale = scaleBand().domain(names).range(range).paddingInner(padding)
    return Object.assign((name: string) => scale(name) ?? 0, { width: scale.bandwidth() })
  },
  time: (fromAt, toAt, range) => scaleLinear().domain([fromAt, toAt]).range(range),
}

export interface Axes {
  value(box: Box, scale: NumberScale, format: (value: number) => string, ticks?: number): Picture
  time(box: Box, fromAt: number, toAt: number): Picture
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [1, 5, 10, 30, 60, 180, 360, 720, 1440, 2880, 7 * 1440, 14 * 1440, 30 * 1440].map((step) => step * MINUTE)

export function createAxes(colours: Colours, textSize: number, ruler: Ruler, clock: (at: number) => Clock): Axes {
  const label = { 'font-size': textSize, fill: colours.textSoft }
  return {
    value: (box, scale, format, ticks = Math.max(2, Math.round(box.height / 50))) =>
      scale.ticks(ticks).flatMap((value): Picture => {
        const y = scale(value)
        if (y < box.top - 1 || y > box.top + box.height + 1) return []
        const words = format(value)
        // As small as the place left of the box needs.
        const size = Math.min(textSize, (textSize * (box.left - 12)) / Math.max(1, ruler.measure(words, textSize)))
        return [
          ['line', { x1: box.left, x2: box.left + box.width, y1: y, y2: y, stroke: colours.grid }],
          [
            'text',
            { ...label, 'font-size': size, x: box.left - 8, y: y + textSize * 0.36, 'text-anchor': 'end' },
            words,
          ],
        ]
      }),
    time: (box, fromAt, toAt) => {
      const span = Math.max(1, toAt - fromAt)
      const most = Math.max(2, Math.floor(box.width / (textSize * 5.5)))
      const step = STEPS.find((one) => span / one <= most) ?? 60 * DAY
      const first = clock(fromAt).midnight
      const place = scales.time(fromAt, toAt, [box.left, box.left + box.width])
      const y = box.top + box.height
      const marks: Picture[number][] = [
        ['line', { x1: box.left, x2: box.left + box.width, y1: y, y2: y, stroke: colours.axis }],
      ]
      let end = -Infinity
      for (let at = first + Math.ceil((fromAt - first) / step) * step; at <= toAt; at += step) {
        // Days are not all of 24 hours.
        const noon = clock(at + (step >= DAY ? HOUR * 12 : 0))
        const at0 = step >= DAY ? noon.midnight : at
        const words = step >= DAY || noon.time === '00:00' ? noon.date : noon.time
        const half = ruler.measure(words, textSize) / 2
        const x = Math.min(place(at0), box.left + box.width + 4 - half)
        if (x - half < Math.max(end + textSize / 2, box.left - 3 * textSize)) continue
        end = x + half
        marks.push(
          ['line', { x1: place(at0), x2: place(at0), y1: y, y2: y + 4, stroke: colours.axis }],
          ['text', { ...label, x, y: y + textSize * 1.5, 'text-anchor': 'middle' }, words],
        )
      }
      return marks
    },
  }
}
