// @ts-check
/** @type {import('../../src/core/visual/visual.ts').Visual} */
export default {
  title: 'My visualisation',
  summary: 'one line for the list of names',
  // What it is given: statistics, tags or texts by their names, and how far back unless something else is asked for.
  needs: { stats: ['cpu'], range: '1d' },
  // What may be asked for as name=value, with what holds otherwise.
  options: { words: 'hello' },
  // The picture: a list of marks, `[element of SVG, attributes, text or marks inside]`; or SVG as text.
  draw(data, options, kit) {
    const { marks, box } = kit.frame(`${options.words} from ${data.pool}`)
    return [...marks, ['circle', { cx: box.left + 20, cy: box.top + 20, r: 12, fill: kit.colours.lines[0] }]]
  },
  // The same in words, for those who cannot see it.
  describe: (data) => `A circle for ${data.pool}.`,
}
