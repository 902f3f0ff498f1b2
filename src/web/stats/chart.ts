import uPlot from 'uplot'
import { clockMinutes, clockSeconds, day, wall, zoneOf } from '../../core/model/time-zone.ts'
import { dollars, plainNumber, statValue, unitOf } from '../../core/model/words.ts'
import type { Span } from './view.ts'

/** One line; `at` in order, null where there is a gap. */
export interface Drawn {
  readonly at: readonly number[]
  readonly value: readonly (number | null)[]
  readonly colour: string
  readonly width: number
  readonly dashed?: boolean
  readonly stepped?: boolean
  /** Shown less than the rest. */
  readonly faint?: boolean
  /** Stands beside its last value. */
  readonly label?: string
}

/** Everything on one chart. The band lies between two lists of the first line's instants. */
export interface Drawing {
  readonly lines: readonly Drawn[]
  readonly band: {
    readonly min: readonly (number | null)[]
    readonly max: readonly (number | null)[]
    readonly colour: string
  } | null
  readonly target: { readonly value: number; readonly colour: string } | null
  readonly marks: readonly { readonly at: number; readonly colour: string }[]
}

export interface ChartOptions {
  readonly timeZone: string
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
}

/** A chart in an element. */
export interface Chart {
  draw(drawing: Drawing, span: Span): void
  /** The cursor of all charts moves together; epoch ms. */
  point(at: number | null): void
  select(span: Span | null): void
  destroy(): void
}

/** Widths of the left axis and the right edge, px: marks above stand where their lines are. */
export const EDGES = { left: 54, right: 14 }
const AXIS_PX = 23

/** `unit` is a stat's name, `money` or `count`. */
function valueWords(unit: ChartOptions['unit'], value: number): string {
  if (unit === 'money') return dollars(value)
  return unit === 'count' ? plainNumber(value) : statValue(unit, value)
}

export function createChart(root: HTMLElement, options: ChartOptions): Chart {
  const zone = zoneOf(options.timeZone)
  const { scale } = options
  const isStrip = options.unit === 'money' || options.unit === 'count'
  const style = getComputedStyle(root)
  const ink = (name: string): string => style.getPropertyValue(name).trim()
  const font = `${Math.round(11.5 * scale)}px Inter, system-ui, sans-serif`
  const edges = { left: EDGES.left * scale, right: EDGES.right }
  let plot: uPlot | null = null
  let shape = ''
  let present: Drawing = { lines: [], band: null, target: null, marks: [] }
  let range: Span = { fromAt: 0, toAt: 1 }

  function make(): uPlot {
    const { lines, band } = present
    // Theme colours are resolved for the canvas, which knows no light-dark().
    const probe = document.createElement('i')
    root.append(probe)
    const solid = (name: string): string => {
      probe.style.color = `var(${name})`
      return getComputedStyle(probe).color
    }
    const [faint, grid, axisLine] = [solid('--text-3'), solid('--line'), solid('--line-strong')]
    probe.remove()
    const axis = { stroke: faint, font, ticks: { show: false }, grid: { stroke: grid, width: 1 } }
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
            border: { show: true, stroke: axisLine, width: 1 },
            values: (_, splits) => timesOf(splits),
            splits: (self, _, min, max) => timeSplits(self, min, max),
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
          points: { size: 7 * scale, width: 2, stroke: (_, index) => colourOf(index), fill: ink('--bg') || '#000' },
          drag: { x: true, y: false, setScale: false, dist: 6 },
          bind: { dblclick: () => () => (options.back(), null) },
        },
        hooks: {
          setCursor: [
            (self) =>
              options.hover(
                self.cursor.idx == null || self.cursor.left === undefined || self.cursor.left < 0
                  ? null
                  : self.posToVal(self.cursor.left, 'x'),
              ),
          ],
          setSelect: [(self) => chosen(self)],
          drawClear: [(self) => drawMarks(self)],
          draw: [(self) => (drawTarget(self), drawLabels(self))],
        },
      },
      dataOf(present),
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

  function timeSplits(self: uPlot, min: number, max: number): number[] {
    const most = Math.max(2, self.bbox.width / devicePixelRatio / (78 * scale))
    const step = STEPS.find((each) => (max - min) / each <= most) ?? STEPS[STEPS.length - 1] ?? 1
    const offset = zone.offsetMs(min)
    const first = Math.ceil((min + offset) / step) * step
    const found: number[] = []
    // The clocks may be set in between: each is put right by its own offset.
    for (let shown = first; shown - offset <= max; shown += step) {
      const guess = shown - offset
      found.push(guess + offset - zone.offsetMs(guess))
    }
    return found.filter((at) => at >= min && at <= max)
  }

  function timesOf(splits: readonly number[]): string[] {
    const step = (splits[1] ?? 0) - (splits[0] ?? 0)
    return splits.map((at) => {
      const clock = step > 0 && step < 60_000 ? clockSeconds(at, zone) : clockMinutes(at, zone)
      return clock.startsWith('00:00') ? day(at, zone) : clock
    })
  }

  function chosen(self: uPlot): void {
    const { left, width } = self.select
    if (width < 6 || selecting) return
    self.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
    options.zoom({ fromAt: self.posToVal(left, 'x'), toAt: self.posToVal(left + width, 'x') })
  }
  let selecting = false

  function drawMarks(self: uPlot): void {
    const { ctx, bbox } = self
    ctx.save()
    ctx.lineWidth = devicePixelRatio
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio])
    for (const { at, colour } of present.marks) {
      const x = self.valToPos(at, 'x', true)
      if (x < bbox.left || x > bbox.left + bbox.width) continue
      ctx.strokeStyle = colour
      ctx.beginPath()
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
    }
    ctx.restore()
  }

  function drawTarget(self: uPlot): void {
    const { target } = present
    if (target === null) return
    const { ctx, bbox } = self
    const y = self.valToPos(target.value, 'y', true)
    ctx.save()
    ctx.strokeStyle = target.colour
    ctx.lineWidth = 1.2 * devicePixelRatio * scale
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio])
    ctx.globalAlpha = 0.75
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.restore()
  }

  function drawLabels(self: uPlot): void {
    const { ctx, bbox } = self
    for (const { label, at, value, colour } of present.lines) {
      if (label === undefined) continue
      let top = -1
      for (const [index, one] of value.entries()) if (one !== null && (top < 0 || one > (value[top] ?? 0))) top = index
      const [instant, highest] = [at[top], value[top]]
      if (instant === undefined || highest == null) continue
      ctx.save()
      ctx.font = `600 ${Math.round(11.5 * scale * devicePixelRatio)}px Inter, system-ui, sans-serif`
      const width = ctx.measureText(label).width
      const x = Math.min(
        bbox.left + bbox.width - width - 4,
        Math.max(bbox.left + 4, self.valToPos(instant, 'x', true) - width / 2),
      )
      const y = Math.max(
        bbox.top + 12 * scale * devicePixelRatio,
        self.valToPos(highest, 'y', true) - 6 * devicePixelRatio,
      )
      ctx.lineJoin = 'round'
      ctx.lineWidth = 4 * devicePixelRatio
      ctx.strokeStyle = getComputedStyle(root).backgroundColor
      ctx.strokeText(label, x, y)
      ctx.fillStyle = colour
      ctx.fillText(label, x, y)
      ctx.restore()
    }
  }

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
      } else plot.setData(dataOf(drawing))
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

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [
  SECOND,
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  4 * DAY,
  7 * DAY,
  14 * DAY,
]

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

/** All lines over the same instants: where one has none it goes straight on, where it has a gap it ends. */
function dataOf({ lines, band }: Drawing): uPlot.AlignedData {
  const [first] = lines
  const tables = lines.map(({ at, value }) => [at, value] as const)
  const rows =
    band === null || first === undefined ? [] : [band.max, band.min].map((value) => [first.at, value] as const)
  const all = [...rows, ...tables]
  const same = all.every(([at]) => at === all[0]?.[0] || sameTimes(at, all[0]?.[0] ?? []))
  // Lists of numbers, though their types allow that nobody writes to them.
  if (same) return [all[0]?.[0] ?? [], ...all.map(([, value]) => value)] as unknown as uPlot.AlignedData
  return uPlot.join(
    all as unknown as uPlot.AlignedData[],
    all.map(() => [0, 2]),
  )
}

function sameTimes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a[0] === b[0] && a.at(-1) === b.at(-1) && a.every((at, index) => at === b[index])
}
