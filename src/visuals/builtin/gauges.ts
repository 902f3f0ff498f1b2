import type { Picture, Visual, VisualSeries } from '../../core/visual/visual.ts'

// A wall of gauges, one a member: legible across a room.

const last = ({ value }: VisualSeries): number | null => value.findLast((one) => one !== null) ?? null
/** From here on the colour warns, and from there it shouts; of a fraction. */
const [WARM, HOT] = [0.7, 0.9]

/** An arc from the left by a share of three quarters of a circle. */
function arc(x: number, y: number, radius: number, share: number): string {
  const at = (part: number): string => {
    const angle = ((135 + 270 * part) * Math.PI) / 180
    return `${(x + radius * Math.cos(angle)).toFixed(2)} ${(y + radius * Math.sin(angle)).toFixed(2)}`
  }
  return `M${at(0)}A${radius.toFixed(2)} ${radius.toFixed(2)} 0 ${share > 2 / 3 ? 1 : 0} 1 ${at(Math.max(share, 0.002))}`
}

export default {
  title: 'Gauge wall',
  summary: 'every member as it is now, hottest first',
  needs: { stats: ['cpu'], byMember: true, range: '10m' },
  draw(data, _options, kit) {
    const gauges = data.series
      .filter(({ member }) => member !== null)
      .map((series) => ({ name: series.member ?? '', stat: series.stat, unit: series.unit, value: last(series) }))
      .toSorted((a, b) => (b.value ?? -1) - (a.value ?? -1))
    const stat = gauges[0]?.stat ?? 'cpu'
    const { marks, box } = kit.frame(
      `${kit.words.stat(stat)} of ${data.pool} now`,
      gauges.length === 0
        ? 'no member has reported'
        : `${kit.words.plural(gauges.length, 'member')}${gauges.length === 1 ? '' : ', hottest first'}`,
    )
    const values = gauges.map(({ value }) => value ?? 0)
    const isShare = gauges[0]?.unit === 'fraction'
    const least = Math.min(0, ...values)
    const most = isShare ? 1 : Math.max(0, ...values)
    // The grid whose circles are largest.
    const grids = gauges.map((_, index) => {
      const columns = index + 1
      const rows = Math.ceil(gauges.length / columns)
      return { columns, rows, side: Math.min(box.width / columns, (box.height / rows) * 0.95) }
    })
    const grid = grids.toSorted((a, b) => b.side - a.side)[0] ?? { columns: 1, rows: 1, side: 100 }
    const [across, down] = [box.width / grid.columns, box.height / grid.rows]
    const text = Math.min(kit.textSize * 1.2, Math.max(8, grid.side / 9))
    const names = kit.names(
      gauges.map(({ name }) => name),
      across - 6,
      text,
    )
    const dials = gauges.flatMap(({ value }, index): Picture => {
      const x = box.left + (index % grid.columns) * across + across / 2
      const middle = box.top + Math.floor(index / grid.columns) * down + down / 2
      const radius = Math.min(across * 0.42, (down - text * 1.2) * 0.46)
      const y = middle - text * 0.2
      const width = radius * 0.2
      const share = most === least ? 0 : Math.min(1, ((value ?? 0) - least) / (most - least))
      const colour =
        share >= HOT && isShare
          ? kit.colours.lines[7]
          : share >= WARM && isShare
            ? kit.colours.lines[1]
            : kit.colours.lines[0]
      const inner = radius - width / 2
      const size = radius * 0.5
      const long = Math.abs(value ?? 0) >= 100_000
      const words = value === null ? '–' : long ? kit.words.short(stat, value) : kit.words.value(stat, value)
      return [
        [
          'path',
          {
            d: arc(x, y, inner, 1),
            fill: 'none',
            stroke: kit.colours.grid,
            'stroke-width': width,
            'stroke-linecap': 'round',
          },
        ],
        value === null
          ? null
          : [
              'path',
              {
                d: arc(x, y, inner, share),
                fill: 'none',
                stroke: colour,
                'stroke-width': width,
                'stroke-linecap': 'round',
              },
            ],
        [
          'text',
          {
            x,
            y: y + size * 0.35,
            'text-anchor': 'middle',
            'font-size': Math.min(size, (size * radius * 1.25) / kit.measure(words, size, 700)),
            'font-weight': 700,
            fill: kit.colours.text,
          },
          words,
        ],
        [
          'text',
          { x, y: y + radius + text * 0.55, 'text-anchor': 'middle', 'font-size': text, fill: kit.colours.textSoft },
          names[index] ?? '',
        ],
      ]
    })
    return [...marks, ...dials]
  },
  describe(data, _options, kit) {
    const members = data.series.filter(({ member }) => member !== null)
    const said = members
      .toSorted((a, b) => (last(b) ?? -1) - (last(a) ?? -1))
      .slice(0, 10)
      .map(
        (one) => `${one.member} ${last(one) === null ? 'has not reported' : kit.words.value(one.stat, last(one) ?? 0)}`,
      )
    if (said.length === 0) return `No member of ${data.pool} has reported.`
    return `${kit.words.stat(members[0]?.stat ?? '')} of ${data.pool} now: ${said.join(', ')}${members.length > 10 ? ` and ${members.length - 10} more` : ''}.`
  },
} satisfies Visual
