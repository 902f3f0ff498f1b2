import type { Picture, Visual, VisualData, VisualEvent } from '../../core/visual/visual.ts'

// What the crowd was: the last time the pool grew, from the rise to the end.

const MINUTE = 60_000

/** The last growth, and when the members that it brought had gone again. */
function episodeOf({ events, toAt }: VisualData): {
  readonly out: VisualEvent
  readonly back: VisualEvent | null
  readonly growths: readonly VisualEvent[]
} | null {
  const last = events.findLastIndex(({ direction }) => direction === 'out')
  if (last < 0) return null
  // Growth upon growth is one crowd.
  let first = last
  while (first > 0 && events[first - 1]?.direction === 'out' && events[first]!.at - events[first - 1]!.at < 60 * MINUTE)
    first -= 1
  const growths = events.slice(first, last + 1)
  const back = events.slice(last + 1).findLast(({ at, direction }) => direction === 'in' && at <= toAt) ?? null
  return { out: growths[0]!, back, growths }
}

export default {
  title: 'What the crowd was',
  summary: 'the last time the pool grew, as a story',
  needs: { stats: ['cpu'], tags: ['referrer', 'tags'], range: '1d', points: 1000 },
  height: 420,
  draw(data, _options, kit) {
    const story = episodeOf(data)
    if (story === null) {
      const { marks, box } = kit.frame(
        `No crowd came to ${data.pool}`,
        `${kit.clock(data.fromAt).date} to ${kit.clock(data.toAt).date}: the pool did not grow`,
      )
      return [
        ...marks,
        ['circle', { cx: box.left + box.width / 2, cy: box.top + box.height / 2, r: 6, fill: kit.colours.good }],
      ]
    }
    const { out, back, growths } = story
    const ended = back?.endedAt ?? back?.at ?? data.toAt
    const span = Math.max(20 * MINUTE, ended - out.at)
    const fromAt = Math.max(data.fromAt, out.at - span * 0.35)
    const toAt = Math.min(data.toAt, ended + span * 0.15)
    const series = data.series.find(({ member }) => member === null)
    const stat = series?.stat ?? 'cpu'
    const points = (series?.at ?? []).flatMap((at, index) => {
      const value = series?.value[index] ?? null
      return value === null || at < fromAt || at > toAt ? [] : [{ at, value, most: series?.max[index] ?? value }]
    })
    const peak = points.toSorted((a, b) => b.value - a.value)[0]
    const most = Math.max(...growths.map(({ to }) => to))
    const { marks, box } = kit.frame(
      `A crowd came to ${data.pool}`,
      `${kit.clock(out.at).date}, ${kit.clock(out.at).time} to ${back === null ? 'now' : kit.clock(ended).time}: ${out.from} to ${most} members`,
    )

    const moments = [
      ...growths.map(({ at, from, to, reason }) => ({ at, words: `${to - from} more: ${reason}` })),
      ...(peak === undefined
        ? []
        : [{ at: peak.at, words: `the highest: ${kit.words.stat(stat)} ${kit.words.value(stat, peak.value)}` }]),
      ...growths
        .slice(-1)
        .flatMap(({ endedAt }) => (endedAt === null ? [] : [{ at: endedAt, words: `${most} members in service` }])),
      ...(back === null
        ? []
        : [{ at: ended, words: `it is over: back to ${back.to} after ${kit.words.duration(ended - out.at)}` }]),
    ].toSorted((a, b) => a.at - b.at)
    const chosen = moments.length > 5 ? [...moments.slice(0, 3), ...moments.slice(-2)] : moments
    const who = data.tags.find(({ counts }) => counts.length > 0)
    const crowd =
      who === undefined
        ? null
        : `Mostly ${who.counts
            .slice(0, 3)
            .map(({ text, count }) => `${text} (${kit.words.number(count)})`)
            .join(', ')}`
    const line = kit.textSize * 1.55
    const lines = chosen.length + (crowd === null ? 0 : 1)
    const inner = {
      left: box.left + kit.textSize * 3.7,
      top: box.top + kit.textSize * 1.4,
      width: box.width - kit.textSize * 3.7,
      height: box.height - kit.textSize * 4.2 - lines * line,
    }

    const across = kit.scales.time(fromAt, toAt, [inner.left, inner.left + inner.width])
    const values = points.map(({ value }) => value)
    const [least, highest] = [Math.min(0, ...values), Math.max(0, ...values)]
    const up = kit.scales.linear(
      series?.unit === 'fraction' ? [0, 1] : [least, highest === least ? least + 1 : highest],
      [inner.top + inner.height, inner.top],
    )
    const path = points
      .map(({ at, value }, index) => `${index === 0 ? 'M' : 'L'}${across(at).toFixed(1)} ${up(value).toFixed(1)}`)
      .join('')
    const [first, final] = [points[0], points.at(-1)]
    const floor = inner.top + inner.height
    // How many members there were, as steps behind, filling up to the most there were.
    const steps = data.members.at.flatMap((at, index): Picture => {
      const until = data.members.at[index + 1] ?? toAt
      const count = data.members.value[index] ?? 0
      if (until < fromAt || at > toAt) return []
      const [x, end] = [across(Math.max(at, fromAt)), across(Math.min(until, toAt))]
      const height = (inner.height * count) / (Math.max(most, ...data.members.value) * 1.25)
      return [
        [
          'rect',
          { x, y: floor - height, width: Math.max(0, end - x), height, fill: kit.colours.good, 'fill-opacity': 0.16 },
        ],
      ]
    })
    const dots = chosen.flatMap(({ at }, index): Picture => {
      const near = points.reduce(
        (best, point) => (Math.abs(point.at - at) < Math.abs(best.at - at) ? point : best),
        first ?? { at, value: 0, most: 0 },
      )
      const [x, y] = [across(Math.min(Math.max(at, fromAt), toAt)), up(near.value)]
      return [
        ['circle', { cx: x, cy: y, r: kit.textSize * 0.68, fill: kit.colours.text }],
        [
          'text',
          {
            x,
            y: y + kit.textSize * 0.29,
            'text-anchor': 'middle',
            'font-size': kit.textSize * 0.8,
            'font-weight': 700,
            fill: kit.colours.background,
          },
          String(index + 1),
        ],
      ]
    })
    const top = floor + kit.textSize * 3.6
    const size = kit.textSize
    const sentences = chosen.flatMap(({ at, words }, index): Picture => {
      const y = top + index * line
      return [
        ['circle', { cx: box.left + size * 0.65, cy: y - size * 0.33, r: size * 0.65, fill: kit.colours.text }],
        [
          'text',
          {
            x: box.left + size * 0.65,
            y: y - size * 0.05,
            'text-anchor': 'middle',
            'font-size': size * 0.8,
            'font-weight': 700,
            fill: kit.colours.background,
          },
          String(index + 1),
        ],
        ['text', { x: box.left + size * 1.8, y, 'font-size': size, fill: kit.colours.textSoft }, kit.clock(at).time],
        [
          'text',
          { x: box.left + size * 5, y, 'font-size': size, fill: kit.colours.text },
          kit.fit(words, box.width - size * 5, size),
        ],
      ]
    })
    return [
      ...marks,
      ...steps,
      ...kit.valueAxis(inner, up, (value) => kit.words.short(stat, value), 3),
      first === undefined
        ? null
        : [
            'path',
            {
              d: `${path}L${across(final!.at).toFixed(1)} ${up(0)}L${across(first.at).toFixed(1)} ${up(0)}Z`,
              fill: kit.colours.lines[0],
              'fill-opacity': 0.18,
            },
          ],
      [
        'path',
        {
          d: path === '' ? 'M0 0' : path,
          fill: 'none',
          stroke: kit.colours.lines[0],
          'stroke-width': 2,
          'stroke-linejoin': 'round',
        },
      ],
      ...kit.timeAxis(inner, fromAt, toAt),
      ...dots,
      ...sentences,
      crowd === null
        ? null
        : [
            'text',
            {
              x: box.left,
              y: top + chosen.length * line,
              'font-size': size,
              'font-weight': 700,
              fill: kit.colours.text,
            },
            kit.fit(crowd, box.width, size, 700),
          ],
    ]
  },
  describe(data, _options, kit) {
    const story = episodeOf(data)
    if (story === null) return `${data.pool} did not grow in this time.`
    const { out, back, growths } = story
    const most = Math.max(...growths.map(({ to }) => to))
    const end = back === null ? 'it goes on' : `back to ${back.to} at ${kit.clock(back.endedAt ?? back.at).time}`
    return `A crowd came to ${data.pool} on ${kit.clock(out.at).date} at ${kit.clock(out.at).time}: ${out.from} to ${most} members, because ${out.reason}; ${end}.`
  },
} satisfies Visual
