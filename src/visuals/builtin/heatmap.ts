import type { Picture, Visual } from '../../core/visual/visual.ts'

// The week as seven rows of 24 hours, each as strong as that hour usually is.

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

type Cell = { sum: number; count: number }

/** The mean of each hour of the week, by the team's clock. */
function week(
  series: { at: readonly number[]; value: readonly (number | null)[] } | undefined,
  hourOf: (at: number) => number,
): readonly (number | null)[] {
  const cells: Cell[] = Array.from({ length: 7 * 24 }, () => ({ sum: 0, count: 0 }))
  for (const [index, value] of (series?.value ?? []).entries()) {
    const cell = cells[hourOf(series?.at[index] ?? 0)]
    if (value === null || cell === undefined) continue
    cell.sum += value
    cell.count += 1
  }
  return cells.map(({ sum, count }) => (count === 0 ? null : sum / count))
}

/** Whether they differ by no more than sums are exact. */
const isLevel = (means: readonly number[]): boolean => {
  const [least, most] = [Math.min(...means), Math.max(...means)]
  return most - least <= 1e-9 * Math.max(Math.abs(least), Math.abs(most))
}

export default {
  title: 'Heat map',
  summary: 'the usual week of a stat, hour by hour',
  needs: { stats: ['cpu'], range: '28d', points: 1000 },
  draw(data, _options, kit) {
    const series = data.series.find(({ member }) => member === null)
    const stat = series?.stat ?? 'cpu'
    const hourOf = (at: number): number => {
      const { weekday, hour } = kit.clock(at)
      return weekday * 24 + hour
    }
    const means = week(series, hourOf)
    const known = means.filter((mean) => mean !== null)
    const peakMean = Math.max(...known)
    const hottest = means.indexOf(peakMean)
    const [least, most] = [Math.min(0, ...known), Math.max(0, ...known)]
    const peak =
      known.length === 0
        ? 'nothing was reported in this time'
        : isLevel(known)
          ? `${kit.words.value(stat, peakMean)} in each hour that was reported`
          : `busiest ${DAYS[Math.floor(hottest / 24)]} ${hottest % 24}:00, ${kit.words.value(stat, peakMean)} on average`
    const { marks, box } = kit.frame(`${kit.words.stat(stat)} of ${data.pool} by hour of the week`, peak)

    const labels = kit.textSize * 2.6
    const foot = kit.textSize * 3.4
    const [across, down] = [(box.width - labels) / 24, (box.height - foot - kit.textSize * 0.5) / 7]
    const top = box.top + kit.textSize * 0.5
    const gap = kit.narrow ? 1 : 2
    const label = { 'font-size': kit.textSize, fill: kit.colours.textSoft }
    const cells = means.map((mean, index): Picture[number] => {
      const [day, hour] = [Math.floor(index / 24), index % 24]
      return [
        'rect',
        {
          x: box.left + labels + hour * across,
          y: top + day * down,
          width: across - gap,
          height: down - gap,
          rx: 2,
          fill:
            mean === null ? kit.colours.background : kit.shade(most === least ? 0 : (mean - least) / (most - least)),
          stroke: mean === null ? kit.colours.grid : index === hottest ? kit.colours.text : null,
          'stroke-width': index === hottest ? 1.5 : null,
        },
      ]
    })
    const days = DAYS.map((day, index): Picture[number] => [
      'text',
      { ...label, x: box.left, y: top + (index + 0.5) * down + kit.textSize * 0.33 },
      day,
    ])
    const hours = [0, 6, 12, 18].map((hour): Picture[number] => [
      'text',
      { ...label, x: box.left + labels + hour * across, y: top + 7 * down + kit.textSize * 1.1 },
      `${hour}:00`,
    ])
    // What the shades stand for.
    const y = box.top + box.height - kit.textSize * 0.8
    const steps = 8
    const width = kit.textSize * 1.4
    const right = box.left + box.width - kit.measure(kit.words.short(stat, most), kit.textSize) - 6
    const legend: Picture = [
      [
        'text',
        { ...label, x: right - steps * width - 6, y: y + kit.textSize * 0.75, 'text-anchor': 'end' },
        kit.words.short(stat, least),
      ],
      ...Array.from({ length: steps }, (_, index): Picture[number] => [
        'rect',
        {
          x: right - (steps - index) * width,
          y,
          width: width - 1,
          height: kit.textSize * 0.9,
          rx: 2,
          fill: kit.shade(index / (steps - 1)),
        },
      ]),
      ['text', { ...label, x: right + 6, y: y + kit.textSize * 0.75 }, kit.words.short(stat, most)],
    ]
    return [...marks, ...cells, ...days, ...hours, ...(known.length === 0 ? [] : legend)]
  },
  describe(data, _options, kit) {
    const series = data.series.find(({ member }) => member === null)
    const means = week(series, (at) => kit.clock(at).weekday * 24 + kit.clock(at).hour)
    const order = means
      .map((mean, index) => ({ mean, index }))
      .filter((one): one is { mean: number; index: number } => one.mean !== null)
      .toSorted((a, b) => b.mean - a.mean)
    const said = (one: { mean: number; index: number }): string =>
      `${DAYS[Math.floor(one.index / 24)]} ${one.index % 24}:00 ${kit.words.value(series?.stat ?? '', one.mean)}`
    if (order.length === 0) return `Nothing was reported of ${data.pool} in this time.`
    const name = `${kit.words.stat(series?.stat ?? '')} of ${data.pool}`
    if (isLevel(order.map(({ mean }) => mean)))
      return `${name} was ${kit.words.value(series?.stat ?? '', order[0]!.mean)} in each hour that was reported.`
    return `${name} by hour of the week: highest ${order.slice(0, 3).map(said).join(', ')}; lowest ${order.slice(-1).map(said).join('')}.`
  },
} satisfies Visual
