import type { Picture, Visual } from '../../core/visual/visual.ts'

// How much of the time a stat was how high.

const known = (values: readonly (number | null)[] = []): readonly number[] =>
  values.filter((value) => value !== null).toSorted((a, b) => a - b)
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0

export default {
  title: 'Histogram',
  summary: 'how much of the time a stat was how high',
  needs: { stats: ['cpu'], range: '1d', points: 1000 },
  options: { bins: 20 },
  draw(data, options, kit) {
    const series = data.series.find(({ member }) => member === null)
    const stat = series?.stat ?? 'cpu'
    const values = known(series?.value)
    const [median, p95] = [quantile(values, 0.5), quantile(values, 0.95)]
    const { marks, box } = kit.frame(
      `${kit.words.stat(stat)} of ${data.pool}: how often, how high`,
      values.length === 0
        ? 'nothing was reported in this time'
        : values[0] === values.at(-1)
          ? `${kit.words.value(stat, median)} all the time`
          : `half of the time below ${kit.words.value(stat, median)}, 5 % of it above ${kit.words.value(stat, p95)}`,
    )
    const inner = {
      left: box.left + kit.textSize * 3.5,
      top: box.top + kit.textSize * 2.2,
      width: box.width - kit.textSize * 3.9,
      height: box.height - kit.textSize * 4,
    }
    const bins = Math.min(60, Math.max(4, Math.round(Number(options['bins']) * (kit.narrow ? 0.7 : 1))))
    const [least, most] = [values[0] ?? 0, values.at(-1) ?? 0]
    // A fraction runs from 0 to 100 %, so that two pictures can be compared.
    const across = kit.scales.linear(
      series?.unit === 'fraction' ? [0, 1] : [Math.min(0, least), most === least ? least + 1 : Math.max(0, most)],
      [inner.left, inner.left + inner.width],
    )
    const ticks = across.ticks(5)
    const [from, to] = series?.unit === 'fraction' ? [0, 1] : [ticks[0] ?? 0, ticks.at(-1) ?? 1]
    const counts = Array.from({ length: bins }, () => 0)
    for (const value of values) {
      const bin = Math.min(bins - 1, Math.max(0, Math.floor(((value - from) / (to - from)) * bins)))
      counts[bin] = (counts[bin] ?? 0) + 1
    }
    const shares = counts.map((count) => count / Math.max(1, values.length))
    const up = kit.scales.linear([0, Math.max(...shares, 0.01)], [inner.top + inner.height, inner.top])
    const width = inner.width / bins
    const bars = shares.map((share, bin): Picture[number] => [
      'rect',
      {
        x: inner.left + bin * width + 1,
        y: up(share),
        width: width - 2,
        height: Math.max(0, inner.top + inner.height - up(share)),
        rx: 2,
        fill: kit.colours.lines[0],
      },
    ])
    const label = { 'font-size': kit.textSize, fill: kit.colours.textSoft }
    const below = across.ticks(kit.narrow ? 4 : 6).map((value): Picture[number] => [
      'text',
      {
        ...label,
        x: Math.min(across(value), box.left + box.width - kit.measure(kit.words.short(stat, value), kit.textSize) / 2),
        y: inner.top + inner.height + kit.textSize * 1.5,
        'text-anchor': 'middle',
      },
      kit.words.short(stat, value),
    ])
    // Side by side where there is room, else one above the other.
    const named = (value: number, words: string, level: number): Picture => {
      const x = across(value)
      const end = x + kit.measure(words, kit.textSize) + 8 > inner.left + inner.width
      return [
        [
          'line',
          {
            x1: x,
            x2: x,
            y1: inner.top - kit.textSize * (level + 0.2),
            y2: inner.top + inner.height,
            stroke: kit.colours.text,
            'stroke-dasharray': '4 3',
          },
        ],
        [
          'text',
          {
            ...label,
            fill: kit.colours.text,
            x: x + (end ? -5 : 5),
            y: inner.top - kit.textSize * (level - 0.5),
            'text-anchor': end ? 'end' : 'start',
          },
          words,
        ],
      ]
    }
    if (values.length === 0) return marks
    const alike = median === p95
    const close = across(p95) - across(median) < kit.measure('median ', kit.textSize) + 12
    return [
      ...marks,
      ...kit.valueAxis(inner, up, kit.words.percent, 4),
      ...bars,
      [
        'line',
        {
          x1: inner.left,
          x2: inner.left + inner.width,
          y1: inner.top + inner.height,
          y2: inner.top + inner.height,
          stroke: kit.colours.axis,
        },
      ],
      ...below,
      ...(least === most ? [] : named(median, alike ? 'median, p95' : 'median', close && !alike ? 1.6 : 0.6)),
      ...(alike ? [] : named(p95, 'p95', 0.6)),
    ]
  },
  describe(data, _options, kit) {
    const series = data.series.find(({ member }) => member === null)
    const values = known(series?.value)
    if (values.length === 0) return `Nothing was reported of ${data.pool} in this time.`
    const said = (share: number): string => kit.words.value(series?.stat ?? '', quantile(values, share))
    const name = `${kit.words.stat(series?.stat ?? '')} of ${data.pool}`
    if (values[0] === values.at(-1)) return `${name} was ${said(0)} all the time.`
    return `${name}: below ${said(0.5)} half of the time, above ${said(0.95)} 5 % of it, highest ${said(1)}.`
  },
} satisfies Visual
