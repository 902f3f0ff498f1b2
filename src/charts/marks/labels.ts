import type { Chart, Plugin } from 'chart.js'
import type { ChartPlan, PanelMarks } from '../chart-config.ts'
import type { Palette } from '../palette.ts'
import { fontOf, haloText, penOf, type Pen } from './pen.ts'

const INSET = 6

interface Place {
  readonly x: number
  /** Its middle. */
  readonly y: number
}

interface Box extends Place {
  readonly width: number
  readonly height: number
}

/** The target's name beside its line, and a ring at the highest sample with whose it was; each where the fewest lines pass. */
export function labelMarks({ marks, text }: ChartPlan, palette: Palette): Plugin<'line'> {
  return {
    id: 'labels',
    // Above the lines, or a busy chart would cross them out.
    afterDatasetsDraw: (chart) => {
      const pen = penOf(chart)
      pen.save()
      pen.textAlign = 'left'
      pen.textBaseline = 'middle'
      const taken: Box[] = []
      for (const panel of marks.panels) {
        const write = (label: string, places: readonly Place[], size: number, weight: number, colour: string): void => {
          pen.font = fontOf(size, weight)
          const box = { width: pen.measureText(label).width, height: size + 4 }
          const place = quietest(chart, panel.axis, places, box, taken)
          haloText(pen, label, place.x, place.y, colour, palette.background)
          taken.push({ ...place, ...box })
        }
        if (panel.peak !== null)
          peak(chart, pen, panel, palette, (label, places) => write(label, places, text, 600, palette.text), text)
        if (panel.target !== null) {
          const { value, label } = panel.target
          pen.font = fontOf(text * 0.93, 500)
          write(
            label,
            besideLine(chart, panel.axis, value, pen.measureText(label).width, text),
            text * 0.93,
            500,
            palette.target,
          )
        }
      }
      pen.restore()
    },
  }
}

function peak(
  chart: Chart<'line'>,
  pen: Pen,
  { axis, peak }: PanelMarks,
  palette: Palette,
  write: (label: string, places: readonly Place[]) => void,
  size: number,
): void {
  const scale = chart.scales[axis]
  const time = chart.scales['x']
  if (peak === null || scale === undefined || time === undefined) return
  const [x, y] = [time.getPixelForValue(peak.at), scale.getPixelForValue(peak.value)]
  pen.beginPath()
  pen.arc(x, y, 3.5, 0, Math.PI * 2)
  pen.fillStyle = palette.background
  pen.strokeStyle = palette.text
  pen.lineWidth = 1.75
  pen.fill()
  pen.stroke()
  pen.font = fontOf(size, 600)
  const { width } = pen.measureText(peak.label)
  const [before, after] = [x - width - 9, x + 9]
  const others = [y - size, y + size].flatMap((row) =>
    [after, before, x - width / 2].map((left) => ({ x: left, y: row })),
  )
  write(peak.label, [{ x: after, y }, { x: before, y }, ...others])
}

/** Above and below the line, at its left end as a rule. */
function besideLine(chart: Chart<'line'>, axis: string, value: number, width: number, size: number): readonly Place[] {
  const y = chart.scales[axis]?.getPixelForValue(value) ?? 0
  const { left, right } = chart.chartArea
  const room = right - left - width - 2 * INSET
  return [y - size * 0.8, y + size * 0.85].flatMap((middle) =>
    [0, 1, 0.5, 0.25, 0.75].map((share) => ({ x: left + INSET + room * share, y: middle })),
  )
}

/** Of the places within the panel, the one with the fewest points of lines, and no other label, in it. */
function quietest(
  chart: Chart<'line'>,
  axis: string,
  places: readonly Place[],
  { width, height }: { readonly width: number; readonly height: number },
  taken: readonly Box[],
): Place {
  const points = chart.data.datasets
    .flatMap((dataset, index) => (dataset.yAxisID === axis ? chart.getDatasetMeta(index).data : []))
    .filter((point) => !(point as { readonly skip?: boolean }).skip)
  const { left, right } = chart.chartArea
  const { top = 0, bottom = 0 } = chart.scales[axis] ?? {}
  const inside = ({ x, y }: Place): boolean => x >= left && x + width <= right && y >= top && y + height / 2 <= bottom
  let [best, fewest] = [places[0] ?? { x: left, y: top }, Infinity]
  for (const place of places.filter(inside)) {
    const near = (x: number, y: number, rim: number): boolean =>
      x > place.x - 4 && x < place.x + width + 4 && Math.abs(y - place.y) < height / 2 + rim
    const covers = taken.filter(
      (box) => place.x < box.x + box.width + 4 && place.x + width + 4 > box.x && near(place.x, box.y, box.height / 2),
    )
    const crowd = points.filter(({ x, y }) => near(x, y, 2)).length + covers.length * 1000
    if (crowd >= fewest) continue
    ;[best, fewest] = [place, crowd]
  }
  return best
}
