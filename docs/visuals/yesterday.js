// @ts-check
// A line with axes, and the same hours a day before behind it.
/** @type {import('../../src/core/visual/visual.ts').Visual} */
export default {
  title: 'Today and yesterday',
  summary: 'the last day, with the day before behind it',
  needs: { stats: ['cpu'], range: '2d', points: 600 },
  libraries: ['d3-shape'],
  draw(data, _options, kit) {
    const series = data.series.find(({ member }) => member === null)
    const day = 24 * 3600 * 1000
    const middle = data.toAt - day
    const { marks, box } = kit.frame(
      `${kit.words.stat(series?.stat ?? 'cpu')} of ${data.pool}`,
      'today, and yesterday in grey',
    )
    // Axes stand outside of the box that they are given: leave room for their labels.
    const inner = { left: box.left + 48, top: box.top + 8, width: box.width - 48, height: box.height - 36 }
    const across = kit.scales.time(middle, data.toAt, [inner.left, inner.left + inner.width])
    const up = kit.scales.linear(
      [0, series?.unit === 'fraction' ? 1 : Math.max(1, ...(series?.value ?? []).map(Number))],
      [inner.top + inner.height, inner.top],
    )
    const points = (series?.at ?? []).map((at, index) => ({ at, value: series?.value[index] ?? null }))
    const shape = /** @type {any} */ (kit.libraries['d3-shape'])
    /** @param {number} later */
    const line = (later) =>
      shape
        .line()
        // Nothing is drawn where nothing was reported.
        .defined(
          (/** @type {any} */ point) =>
            point.value !== null && point.at + later >= middle && point.at + later <= data.toAt,
        )
        .x((/** @type {any} */ point) => across(point.at + later))
        .y((/** @type {any} */ point) => up(point.value))(points) ?? ''
    return [
      ...marks,
      ...kit.valueAxis(inner, up, (value) => kit.words.value(series?.stat ?? '', value)),
      ...kit.timeAxis(inner, middle, data.toAt),
      ['path', { d: line(day), fill: 'none', stroke: kit.colours.rest, 'stroke-width': 1.5 }],
      ['path', { d: line(0), fill: 'none', stroke: kit.colours.lines[0], 'stroke-width': 2 }],
    ]
  },
}
