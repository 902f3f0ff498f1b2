// @ts-check
// Bars: how many reports came from each release. Report them with {"release": "v2.3"}.
/** @type {import('../../src/core/visual/visual.ts').Visual} */
export default {
  title: 'Releases',
  summary: 'how much of the traffic each release serves',
  needs: { tags: ['release'], range: '6h' },
  options: { most: 8 },
  draw(data, options, kit) {
    const counts = (data.tags[0]?.counts ?? []).slice(0, Number(options.most))
    const total = counts.reduce((sum, { count }) => sum + count, 0)
    const { marks, box } = kit.frame(`Releases of ${data.pool}`, `${kit.words.number(total)} reports`)
    // A row for each, as a scale: name → y, and how high a row is.
    const rows = kit.scales.band(
      counts.map(({ text }) => text),
      [box.top, box.top + Math.min(box.height, counts.length * 40)],
      0.3,
    )
    const names = Math.min(
      box.width / 3,
      Math.max(0, ...counts.map(({ text }) => kit.measure(text, kit.textSize))) + 10,
    )
    const across = kit.scales.linear([0, counts[0]?.count ?? 1], [0, box.width - names - 50], 'exact')
    return [
      ...marks,
      // One mark a line keeps it readable: a `g` moves its row into place.
      ...counts.map(({ text, count }, index) => {
        const baseline = rows.width / 2 + kit.textSize * 0.35
        /** @type {import('../../src/core/visual/visual.ts').Mark} */
        const row = [
          'g',
          { transform: `translate(${box.left} ${rows(text)})`, 'font-size': kit.textSize, fill: kit.colours.text },
          [
            ['text', { y: baseline }, kit.fit(text, names - 10, kit.textSize)],
            ['rect', { x: names, width: across(count), height: rows.width, rx: 3, fill: kit.colours.lines[index % 8] }],
            ['text', { x: names + across(count) + 6, y: baseline }, kit.words.percent(count / total)],
          ],
        ]
        return row
      }),
    ]
  },
  describe(data, _options, kit) {
    const [first] = data.tags[0]?.counts ?? []
    return first === undefined
      ? `No release of ${data.pool} was reported.`
      : `Most reports of ${data.pool} are of ${first.text}: ${kit.words.number(first.count)}.`
  },
}
