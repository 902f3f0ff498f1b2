// @ts-check
// Tags as bubbles, placed by a library: d3-hierarchy packs circles into a circle.
/** @type {import('../../src/core/visual/visual.ts').Visual} */
export default {
  title: 'Bubbles',
  summary: 'tags as bubbles, as large as they are frequent',
  needs: { tags: ['tags'], range: '7d' },
  libraries: ['d3-hierarchy'],
  options: { most: 40 },
  draw(data, options, kit) {
    const counts = (data.tags[0]?.counts ?? []).slice(0, Number(options.most))
    const { marks, box } = kit.frame(`Tags of ${data.pool}`)
    const { hierarchy, pack } = /** @type {any} */ (kit.libraries['d3-hierarchy'])
    const root = hierarchy({ children: counts }).sum((/** @type {any} */ node) => node.count ?? 0)
    const leaves = counts.length === 0 ? [] : pack().size([box.width, box.height]).padding(3)(root).leaves()
    return [
      ...marks,
      ...leaves.flatMap((/** @type {any} */ { x, y, r, data: { text } }) => {
        const size = Math.min(kit.textSize, r / 2)
        const share = 0.2 + 0.8 * (r / leaves[0].r)
        return [
          ['circle', { cx: box.left + x, cy: box.top + y, r, fill: kit.shade(share) }],
          // A word that has no room is left out: null is no mark.
          r < 12
            ? null
            : [
                'text',
                {
                  x: box.left + x,
                  y: box.top + y + size / 3,
                  'text-anchor': 'middle',
                  'font-size': size,
                  fill: kit.onShade(share),
                },
                kit.fit(text, r * 1.8, size),
              ],
        ]
      }),
    ]
  },
  describe: (data) =>
    `Tags of ${data.pool} as bubbles: ${(data.tags[0]?.counts ?? [])
      .slice(0, 5)
      .map(({ text, count }) => `${text} ${count}`)
      .join(', ')}.`,
}
