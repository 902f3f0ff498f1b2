import uPlot from 'uplot'
import { wall, type TimeZone } from '../../core/model/time-zone.ts'
import { dollars, plainNumber, statValue, unitOf } from '../../core/model/words.ts'
import { aligned, type Drawing, type Drawn } from './drawn.ts'
import { paintLabels, paintMarks, paintTarget } from './paint.ts'
import { roundTimes, timeNames } from './time-axis.ts'
import type { Span } from './view.ts'

export interface ChartOptions {
  readonly zone: TimeZone
  readonly inks: Inks
  readonly height: number
  /** How values are put: a stat's name, or money. */
  readonly unit: string | 'money' | 'count'
  readonly axis: boolean
  /** Larger, for a wall. */
  readonly scale: number
  /** The cursor is at this instant; null: nowhere. */
  hover(at: number | null): void
  zoom(span: Span): void
  back(): void
  /** A member's line was pressed. */
  pick(member: string): void
}

/** A chart in an element. */
export interface Chart {
  draw(drawing: Drawing, span: Span): void
  /** The cursor of all charts moves together; epoch ms. */
  point(at: number | null): void
  select(span: Span | null): void
  destroy(): void
}

/** The theme's colours, as a canvas takes them. */
export interface Inks {
  readonly text: string
  readonly grid: string
  readonly axis: string
  readonly behind: string
}

/** Resolved once for all charts of a theme: a canvas knows no light-dark(), and asking the page costs a layout. */
export function inksOf(root: HTMLElement): Inks {
  const solid = (name: string): string => {
    // Each by an element of its own: one whose colour changes still shows the old one while a transition, however short, begins.
    const probe = document.createElement('i')
    probe.style.color = `var(${name})`
    root.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
  return {
    text: solid('--text-3'),
    grid: solid('--line'),
    axis: solid('--line-strong'),
    behind: solid('--surface'),
  }
}

/** Widths of the left axis and the right edge, px: marks above stand where their lines are. */
export const EDGES = { left: 54, right: 14 }
const AXIS_PX = 23
/** So near to a line counts as on it. */
const PICK_PX = 10

/** `unit` is a stat's name, `money` or `count`. */
function valueWords(unit: ChartOptions['unit'], value: number): string {
  if (unit === 'money') return dollars(value)
  return unit === 'count' ? plainNumber(value) : statValue(unit, value)
}

export function createChart(root: HTMLElement, options: ChartOptions): Chart {
  const { scale, zone, inks } = options
  const isStrip = options.unit === 'money' || options.unit === 'count'
  const font = `${Math.round(11.5 * scale)}px Inter, system-ui, sans-serif`
  const edges = { left: EDGES.left * scale, right: EDGES.right }
  let plot: uPlot | null = null
  let shape = ''
  let present: Drawing = { lines: [], band: null, target: null, marks: [] }
  let range: Span = { fromAt: 0, toAt: 1 }

  function make(): uPlot {
    const { lines, band } = present
    const axis = { stroke: inks.text, font, ticks: { show: false }, grid: { stroke: inks.grid, width: 1 } }
    // A strip is too low for more than its ends.
    const ends = isStrip ? { splits: () => [0, highestOf(present)] } : {}
    const series: uPlot.Series[] = [
      {},
      ...(band === null ? [] : [edge(), edge()]),
      ...lines.map((line) => seriesOf(line)),
    ]
    return new uPlot(
      {
        width: Math.max(120, root.clientWidth),
        height: options.height,
        ms: 1,
        tzDate: (at) => wall(at, zone),
        legend: { show: false },
        padding: [8, edges.right, options.axis ? 0 : 6, 0],
        scales: {
          x: { time: true, range: () => [range.fromAt, range.toAt] },
          y: { range: (_, min, max) => bounds(min, max) },
        },
        series,
        ...(band === null ? {} : { bands: [{ series: [1, 2], fill: band.colour }] }),
        axes: [
          {
            ...axis,
            show: options.axis,
            size: AXIS_PX * scale,
            space: 74 * scale,
            border: { show: true, stroke: inks.axis, width: 1 },
            values: (_, splits) => timeNames(splits, zone),
            splits: (self, _, min, max) => roundTimes(min, max, Math.max(2, self.width / (78 * scale)), zone),
          },
          {
            ...axis,
            size: edges.left,
            space: 34 * scale,
            values: (_, splits) => splits.map((value) => tick(value)),
            ...ends,
          },
        ],
        cursor: {
          y: false,
          points: { size: 7 * scale, width: 2, stroke: (_, index) => colourOf(index), fill: inks.behind },
          drag: { x: true, y: false, setScale: false, dist: 6 },
          bind: { dblclick: () => () => (options.back(), null) },
        },
        hooks: {
          init: [(self) => self.over.addEventListener('click', () => pickAt(self))],
          setCursor: [
            (self) =>
              options.hover(
                self.cursor.idx == null || self.cursor.left === undefined || self.cursor.left < 0
                  ? null
                  : self.posToVal(self.cursor.left, 'x'),
              ),
          ],
          setSelect: [(self) => chosen(self)],
          drawClear: [(self) => paintMarks(self, present.marks)],
          draw: [
            (self) => paintTarget(self, present.target, scale),
            (self) => paintLabels(self, present.lines, { scale, behind: inks.behind }),
          ],
        },
      },
      aligned(present),
      root,
    )
  }

  function colourOf(index: number): string {
    return present.lines[index - (present.band === null ? 1 : 3)]?.colour ?? 'transparent'
  }

  function edge(): uPlot.Series {
    return { stroke: 'transparent', width: 0, points: { show: false } }
  }

  function seriesOf({ colour, width, dashed = false, stepped = false, faint = false }: Drawn): uPlot.Series {
    const stepping = stepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined
    return {
      stroke: colour,
      width: width * scale,
      alpha: faint ? 0.22 : 1,
      points: { show: (self, index) => isLone(self, index), size: 5 * scale, fill: colour },
      ...(dashed ? { dash: [5, 4] } : {}),
      ...(stepping === undefined ? {} : { paths: stepping }),
    }
  }

  /** What stands alone has no line, and is seen as a point. */
  function isLone(self: uPlot, index: number): boolean {
    const values = self.data[index] ?? []
    let known = 0
    for (const value of values) if (value != null && ++known > 1) return false
    return known > 0
  }

  function bounds(min: number | null, max: number | null): [number, number] {
    const { target } = present
    const fraction = !isStrip && unitOf(options.unit) === 'fraction'
    const low = Math.min(0, min ?? 0)
    const high = Math.max(max ?? 0, target?.value ?? 0)
    if (fraction) return [0, Math.max(1, high)]
    return [low, high <= low ? low + 1 : high + (high - low) * 0.08]
  }

  function tick(value: number): string {
    if (options.unit === 'money') return `$${Number(value.toPrecision(2))}`
    if (Math.abs(value) >= 10_000) {
      const [size, unit] = Math.abs(value) >= 1e9 ? [1e9, 'G'] : Math.abs(value) >= 1e6 ? [1e6, 'M'] : [1e3, 'k']
      return `${Number((value / size).toPrecision(3))}${unit}`
    }
    return valueWords(options.unit, value)
  }

  /** The member whose line is under the cursor, or nearly. */
  function pickAt(self: uPlot): void {
    const { left = -1, top = -1 } = self.cursor
    const at = self.posToVal(left, 'x')
    let nearest = PICK_PX
    let found: string | undefined
    for (const { member, at: instants, value } of present.lines) {
      if (member === undefined) continue
      const shown = value[instants.findLastIndex((instant) => instant <= at)]
      const away = shown == null ? Number.POSITIVE_INFINITY : Math.abs(self.valToPos(shown, 'y') - top)
      if (away < nearest) [nearest, found] = [away, member]
    }
    if (found !== undefined) options.pick(found)
  }

  function chosen(self: uPlot): void {
    const { left, width } = self.select
    if (width < 6 || selecting) return
    self.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
    options.zoom({ fromAt: self.posToVal(left, 'x'), toAt: self.posToVal(left + width, 'x') })
  }
  let selecting = false

  const observer = new ResizeObserver(() => {
    if (plot !== null && root.clientWidth > 0 && root.clientWidth !== plot.width)
      plot.setSize({ width: root.clientWidth, height: options.height })
  })
  observer.observe(root)

  return {
    draw(drawing, span) {
      present = drawing
      range = span
      const next = shapeOf(drawing)
      if (plot === null || next !== shape) {
        plot?.destroy()
        shape = next
        plot = make()
      } else plot.setData(aligned(drawing))
    },
    point(at) {
      if (plot === null) return
      plot.setCursor(at === null ? { left: -10, top: -10 } : { left: plot.valToPos(at, 'x'), top: 10 }, false)
    },
    select(span) {
      if (plot === null) return
      const [left, right] = span === null ? [0, 0] : [plot.valToPos(span.fromAt, 'x'), plot.valToPos(span.toAt, 'x')]
      selecting = true
      plot.setSelect(
        { left: Math.min(left, right), width: Math.abs(right - left), top: 0, height: plot.over.clientHeight },
        false,
      )
      selecting = false
    },
    destroy() {
      observer.disconnect()
      plot?.destroy()
    },
  }
}

function highestOf({ lines }: Drawing): number {
  return Math.max(0, ...lines.flatMap(({ value }) => value.map((one) => one ?? 0)))
}

/** What cannot change without a new chart. */
function shapeOf({ lines, band }: Drawing): string {
  return JSON.stringify([
    band?.colour,
    lines.map(({ colour, dashed, faint, width, stepped }) => [colour, dashed, faint, width, stepped]),
  ])
}
