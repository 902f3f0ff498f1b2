import type { Picture, Visual } from '../../core/visual/visual.ts'

// What each day cost.

export default {
  title: 'Cost per day',
  summary: 'US dollars, day by day',
  needs: { range: '28d' },
  draw(data, _options, kit) {
    const days = data.cost
    const total = days.reduce((sum, { dollars }) => sum + dollars, 0)
    const whole = days.slice(0, -1)
    const usual = whole.reduce((sum, { dollars }) => sum + dollars, 0) / Math.max(1, whole.length)
    const { marks, box } = kit.frame(
      `What ${data.pool} costs a day`,
      days.length === 0
        ? 'nothing was reported in this time'
        : `${kit.words.dollars(total)} in ${kit.words.plural(days.length, 'day')}${whole.length === 0 ? '' : `, ${kit.words.dollars(usual)} a day`}`,
    )
    const inner = {
      left: box.left + kit.textSize * 4,
      top: box.top + kit.textSize,
      width: box.width - kit.textSize * 4,
      height: box.height - kit.textSize * 2.9,
    }
    const most = Math.max(...days.map(({ dollars }) => dollars), 0.01)
    const up = kit.scales.linear([0, most], [inner.top + inner.height, inner.top])
    const band = kit.scales.band(
      days.map(({ at }) => String(at)),
      [inner.left, inner.left + inner.width],
      0.25,
    )
    const highest = days.findIndex(({ dollars }) => dollars === most)
    const bars = days.flatMap(({ at, dollars }, index): Picture => {
      const x = band(String(at))
      const today = index === days.length - 1
      return [
        [
          'rect',
          {
            x,
            y: up(dollars),
            width: band.width,
            height: inner.top + inner.height - up(dollars),
            rx: Math.min(3, band.width / 4),
            fill: kit.colours.lines[0],
            'fill-opacity': today ? 0.45 : 1,
          },
        ],
        index === highest
          ? [
              'text',
              {
                x: Math.min(
                  Math.max(x + band.width / 2, inner.left + kit.textSize * 1.6),
                  inner.left + inner.width - kit.textSize * 1.6,
                ),
                y: up(dollars) - 5,
                'text-anchor': 'middle',
                'font-size': kit.textSize,
                'font-weight': 700,
                fill: kit.colours.text,
              },
              kit.words.dollars(dollars),
            ]
          : null,
      ]
    })
    // As many dates as there is room for, the last one always.
    const each = Math.max(
      1,
      Math.ceil((kit.measure('30 Nov', kit.textSize) + 12) / (inner.width / Math.max(1, days.length))),
    )
    const dates = days.flatMap(({ at }, index): Picture => {
      if ((days.length - 1 - index) % each !== 0) return []
      const words = index === days.length - 1 ? 'today' : kit.clock(at).date
      const half = kit.measure(words, kit.textSize) / 2
      const x = Math.min(band(String(at)) + band.width / 2, inner.left + inner.width - half)
      return [
        [
          'text',
          {
            x: Math.max(x, inner.left + half - 6),
            y: inner.top + inner.height + kit.textSize * 1.5,
            'text-anchor': 'middle',
            'font-size': kit.textSize,
            fill: kit.colours.textSoft,
          },
          words,
        ],
      ]
    })
    // From a thousand on cents say nothing, and there is no room for them.
    const amount = (value: number): string =>
      value < 1000 ? kit.words.dollars(value) : `$${kit.words.short('dollars', value)}`
    return [...marks, ...(days.length === 0 ? [] : kit.valueAxis(inner, up, amount, 4)), ...bars, ...dates]
  },
  describe(data, _options, kit) {
    const total = data.cost.reduce((sum, { dollars }) => sum + dollars, 0)
    const most = data.cost.toSorted((a, b) => b.dollars - a.dollars)[0]
    if (most === undefined) return `Nothing is known of what ${data.pool} cost in this time.`
    const days = data.cost.length === 1 ? `on ${kit.clock(most.at).date}` : `in ${data.cost.length} days`
    const peak =
      data.cost.length === 1 ? '' : `, most on ${kit.clock(most.at).date}: ${kit.words.dollars(most.dollars)}`
    return `${data.pool} cost ${kit.words.dollars(total)} ${days}${peak}.`
  },
} satisfies Visual
