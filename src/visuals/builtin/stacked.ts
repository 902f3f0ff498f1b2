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

const mean = ({ value }: VisualSeries): number =>
  value.reduce<number>((sum, one) => sum + (one ?? 0), 0) / Math.max(1, value.length)

export default {
  title: 'Stacked members',
  summary: 'what each member carries, one on the other',
  needs: { stats: ['cpu'], byMember: true, range: '6h' },
  libraries: ['d3-shape'],
  draw(data, _options, kit) {
    const lines = data.series.filter(({ member }) => member !== null).toSorted((a, b) => mean(b) - mean(a))
    const stat = lines[0]?.stat ?? 'cpu'
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
    const rows: { name: string; colour: string; x: number }[][] = [[]]
    let x = 0
    for (const { name, colour } of entries) {
      const text = kit.fit(name, box.width / 2.2, kit.textSize)
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
    let low = instants.map(() => 0)
    const layers = lines.map((line) => {
      const points = instants.map((at, index): Point => ({
        at,
        low: low[index] ?? 0,
        high: (low[index] ?? 0) + (line.value[index] ?? 0),
      }))
      low = points.map(({ high }) => high)
      return points
    })
    const most = Math.max(...low, 0)
    const up = kit.scales.linear([0, most === 0 ? 1 : most], [inner.top + inner.height, inner.top])
    const across = kit.scales.time(data.fromAt, data.toAt, [inner.left, inner.left + inner.width])
    const area = (kit.libraries['d3-shape'] as unknown as Shapes)
      .area()
      .x(({ at }) => across(at))
      .y0((point) => up(point.low))
      .y1((point) => up(point.high))
    const areas = layers.map((points, index): Picture[number] => [
      'path',
      {
        d: area(points) ?? '',
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
      ...kit.valueAxis(inner, up, (value) => kit.words.value(stat, value)),
      ...areas,
      ...kit.timeAxis(inner, data.fromAt, data.toAt),
      ...legend,
    ]
  },
  describe(data, _options, kit) {
    const lines = data.series.filter(({ member }) => member !== null).toSorted((a, b) => mean(b) - mean(a))
    const said = lines.slice(0, 6).map((line) => `${line.member} ${kit.words.value(line.stat, mean(line))}`)
    if (lines.length === 0) return `No member of ${data.pool} reported in this time.`
    return `${kit.words.stat(lines[0]?.stat ?? '')} of ${data.pool} by member, means: ${said.join(', ')}${lines.length > 6 ? ` and ${lines.length - 6} more` : ''}.`
  },
} satisfies Visual
