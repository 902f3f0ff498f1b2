import type { Picture, Visual, VisualSeries } from '../../core/visual/visual.ts'

// Each member's share of the work, one on the other.

const NAMED = 7

/** What is used of d3-shape. */
interface Shapes {
  area(): {
    x(x: (point: Point) => number): ReturnType<Shapes['area']>
    y0(y: (point: Point) => number): ReturnType<Shapes['area']>
    y1(y: (point: Point) => number): ReturnType<Shapes['area']>
    (points: readonly Point[]): string | null
  }
}

type Point = { readonly at: number; readonly low: number; readonly high: number }

const isKnown = ({ value }: VisualSeries): boolean => value.some((one) => one !== null)

/** Of what was reported. */
const mean = ({ value }: VisualSeries): number => {
  const known = value.filter((one) => one !== null)
  return known.reduce((sum, one) => sum + one, 0) / Math.max(1, known.length)
}

/** The members that reported, most first. */
const membersOf = (series: readonly VisualSeries[]): readonly VisualSeries[] =>
  series.filter((one) => one.member !== null && isKnown(one)).toSorted((a, b) => mean(b) - mean(a))

/** Places of the instants at which somebody reported, in stretches without a gap among them. */
function stretches(lines: readonly VisualSeries[], instants: readonly number[]): readonly (readonly number[])[] {
  const places = [...instants.keys()].filter((place) => lines.some(({ value }) => (value[place] ?? null) !== null))
  const steps = places.slice(1).map((place, index) => instants[place]! - instants[places[index]!]!)
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0
  const found: number[][] = []
  for (const [index, place] of places.entries()) {
    if (index === 0 || steps[index - 1]! > 3 * usual) found.push([])
    found.at(-1)?.push(place)
  }
  return found
}

export default {
  title: 'Stacked members',
  summary: 'what each member carries, one on the other',
  needs: { stats: ['cpu'], byMember: true, range: '6h' },
  libraries: ['d3-shape'],
  draw(data, _options, kit) {
    const lines = membersOf(data.series)
    const stat = lines[0]?.stat ?? data.series[0]?.stat ?? 'cpu'
    const { marks, box } = kit.frame(
      `${kit.words.stat(stat)} of ${data.pool}, member on member`,
      lines.length === 0
        ? 'nothing was reported in this time'
        : lines[0]?.unit === 'fraction'
          ? '100 % is one whole member'
          : '',
    )
    // The names stand in rows below, for they differ in length and number.
    const shown = lines.length > NAMED + 1 ? lines.slice(0, NAMED) : lines
    const entries = [
      ...shown.map(({ member }, index) => ({
        name: member ?? '',
        colour: kit.colours.lines[index] ?? kit.colours.rest,
      })),
      ...(lines.length > shown.length
        ? [{ name: `${lines.length - shown.length} more`, colour: kit.colours.rest }]
        : []),
    ]
    const texts = kit.names(
      entries.map(({ name }) => name),
      box.width / 2.2,
      kit.textSize,
    )
    const rows: { name: string; colour: string; x: number }[][] = [[]]
    let x = 0
    for (const [index, { colour }] of entries.entries()) {
      const text = texts[index] ?? ''
      const width = kit.measure(text, kit.textSize) + kit.textSize * 2.2
      if (x > 0 && x + width > box.width) {
        rows.push([])
        x = 0
      }
      rows.at(-1)?.push({ name: text, colour, x })
      x += width
    }
    const foot = kit.textSize * (2.4 + 1.5 * rows.length)
    const inner = {
      left: box.left + kit.textSize * 3.9,
      top: box.top + kit.textSize * 0.6,
      width: box.width - kit.textSize * 3.9,
      height: box.height - foot - kit.textSize * 0.6,
    }

    const instants = lines[0]?.at ?? []
    // What is above nothing upwards, what is below it downwards.
    const ends = instants.map(() => ({ high: 0, low: 0 }))
    const layers = lines.map((line) =>
      instants.map((at, index): Point => {
        const end = ends[index]!
        const value = line.value[index] ?? 0
        const from = value < 0 ? end.low : end.high
        if (value < 0) end.low += value
        else end.high += value
        return { at, low: from, high: from + value }
      }),
    )
    const [least, most] = [Math.min(0, ...ends.map(({ low }) => low)), Math.max(0, ...ends.map(({ high }) => high))]
    const up = kit.scales.linear([least, most === least ? 1 : most], [inner.top + inner.height, inner.top])
    const across = kit.scales.time(data.fromAt, data.toAt, [inner.left, inner.left + inner.width])
    const area = (kit.libraries['d3-shape'] as unknown as Shapes)
      .area()
      .x(({ at }) => across(at))
      .y0((point) => up(point.low))
      .y1((point) => up(point.high))
    const runs = stretches(lines, instants)
    // One report alone is a thin bar.
    const half = (data.toAt - data.fromAt) / 200
    const wide = (points: readonly Point[]): readonly Point[] =>
      points.length > 1 ? points : points.flatMap((one) => [{ ...one, at: one.at - half }, one])
    const areas = layers.map((points, index): Picture[number] => [
      'path',
      {
        d: runs.map((places) => area(wide(places.map((place) => points[place]!))) ?? '').join(''),
        fill: entries[index]?.colour ?? kit.colours.rest,
        stroke: kit.colours.background,
        'stroke-width': 0.5,
      },
    ])
    const legend = rows.flatMap((row, index) =>
      row.flatMap(({ name, colour, x }): Picture => {
        const y = box.top + box.height - (rows.length - index - 1) * kit.textSize * 1.5 - kit.textSize * 0.2
        return [
          [
            'rect',
            {
              x: box.left + x,
              y: y - kit.textSize * 0.75,
              width: kit.textSize * 0.8,
              height: kit.textSize * 0.8,
              rx: 2,
              fill: colour,
            },
          ],
          [
            'text',
            { x: box.left + x + kit.textSize * 1.2, y, 'font-size': kit.textSize, fill: kit.colours.text },
            name,
          ],
        ]
      }),
    )
    return [
      ...marks,
      ...(lines.length === 0 ? [] : kit.valueAxis(inner, up, (value) => kit.words.short(stat, value))),
      ...areas,
      ...kit.timeAxis(inner, data.fromAt, data.toAt),
      ...legend,
    ]
  },
  describe(data, _options, kit) {
    const lines = membersOf(data.series)
    const said = lines.slice(0, 6).map((line) => `${line.member} ${kit.words.value(line.stat, mean(line))}`)
    if (lines.length === 0) return `No member of ${data.pool} reported in this time.`
    return `${kit.words.stat(lines[0]?.stat ?? '')} of ${data.pool} by member, means: ${said.join(', ')}${lines.length > 6 ? ` and ${lines.length - 6} more` : ''}.`
  },
} satisfies Visual
