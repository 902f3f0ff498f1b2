import type { Picture, Visual } from '../../core/visual/visual.ts'

// Words as large as they are frequent. The one that a blog wants of its tags.

interface Word {
  readonly text: string
  readonly size: number
  readonly rank: number
  readonly x: number
  readonly y: number
  readonly rotate: number
}

/** What d3-cloud is asked for here. */
interface Layout {
  size(size: readonly [number, number]): Layout
  words(words: readonly object[]): Layout
  canvas(make: () => unknown): Layout
  font(name: string): Layout
  fontWeight(weight: (word: Word) => number): Layout
  fontSize(size: (word: Word) => number): Layout
  padding(px: number): Layout
  rotate(angle: (word: Word) => number): Layout
  random(random: () => number): Layout
  on(event: 'end', done: (words: readonly Word[]) => void): Layout
  start(): void
}

export default {
  title: 'Word cloud',
  summary: 'tags or texts, as large as they are frequent',
  needs: { tags: ['tags'], range: '1d' },
  libraries: ['d3-cloud'],
  options: { most: 150, turned: true },
  draw(data, options, kit) {
    const [tags] = data.tags
    // One at least: a cloud without words says that none were reported.
    const wanted = Math.max(1, Math.round(Number(options['most'])))
    const counts = (tags?.counts ?? []).slice(0, kit.narrow ? Math.min(80, wanted) : wanted)
    const total = (tags?.counts ?? []).reduce((sum, { count }) => sum + count, tags?.other ?? 0)
    const { marks, box } = kit.frame(
      `${kit.words.stat(tags?.name ?? 'tags')} of ${data.pool}`,
      `${kit.words.number(total)} counted, ${kit.clock(data.fromAt).date} to ${kit.clock(data.toAt).date}`,
    )
    const weightOf = ({ rank }: Pick<Word, 'rank'>): number => (rank < counts.length / 5 ? 700 : 400)
    // Areas as the counts' roots, so that the first does not crowd out all others; together a little over half the space.
    const most = counts[0]?.count ?? 1
    const words = counts.map(({ text, count }, rank) => ({
      text: kit.fit(text, 4000, 100),
      rank,
      share: (count / most) ** 0.6,
    }))
    const area = words.reduce(
      (sum, { text, share, rank }) => sum + kit.measure(text, share, weightOf({ rank })) * share * 1.1,
      0,
    )
    const largest = Math.min(
      box.height / 4,
      ...words.slice(0, 5).map(({ text, share }) => (0.9 * box.width) / kit.measure(text, share, 700)),
    )
    const smallest = kit.narrow ? 8 : 9
    const space = box.width * box.height

    const cloud = kit.libraries['d3-cloud'] as unknown as () => Layout
    const canvas = kit.canvas()
    const place = (scale: number): readonly Word[] => {
      // What finds no place is looked for everywhere, so only as many words are tried as could be there.
      let used = 0
      const tried = words
        .map(({ text, rank, share }) => ({ text, rank, wanted: Math.max(smallest, share * scale) }))
        .filter(({ text, rank, wanted }) => {
          used += (kit.measure(text, wanted, weightOf({ rank })) + 3) * (wanted * 0.95 + 3)
          return used < 0.75 * space
        })
      let placed: readonly Word[] = []
      cloud()
        .size([Math.floor(box.width), Math.floor(box.height)])
        .words(tried)
        .canvas(() => canvas)
        .font('Inter')
        .fontWeight(weightOf)
        .fontSize((word) => (word as Word & { readonly wanted: number }).wanted)
        .padding(kit.narrow ? 1 : 1.5)
        .rotate(({ rank }) => (options['turned'] === true && rank > 2 && rank % 4 === 3 ? 90 : 0))
        .random(kit.random)
        .on('end', (found) => {
          placed = found
        })
        .start()
      return placed
    }
    let scale = Math.min(largest, Math.sqrt((0.55 * space) / Math.max(area, 0.01)))
    let placed = place(scale)
    // Where one of the first finds no place, all are a little smaller.
    for (
      let tries = 0;
      tries < 3 && placed.filter(({ rank }) => rank < 12).length < Math.min(12, words.length);
      tries++
    ) {
      scale *= 0.85
      placed = place(scale)
    }
    if (words.length === 0) {
      return [
        ...marks,
        [
          'text',
          { x: box.left, y: box.top + 30, 'font-size': kit.textSize, fill: kit.colours.textSoft },
          'None were reported in this time.',
        ],
      ]
    }
    const drawn = placed.map(({ text, size, rank, x, y, rotate }): Picture[number] => [
      'text',
      {
        transform: `translate(${Math.round(box.left + box.width / 2 + x)} ${Math.round(box.top + box.height / 2 + y)}) rotate(${rotate})`,
        'text-anchor': 'middle',
        'font-size': size,
        'font-weight': weightOf({ rank }),
        fill: kit.colours.lines[rank % kit.colours.lines.length],
      },
      text,
    ])
    return [...marks, ...drawn]
  },
  describe(data, _options, kit) {
    const [tags] = data.tags
    if (tags === undefined || tags.counts.length === 0) return `No tags of ${data.pool} were reported in this time.`
    const first = tags.counts.slice(0, 8).map(({ text, count }) => `${kit.fit(text, 30, 1)} ${kit.words.number(count)}`)
    const rest = tags.counts.length - first.length
    return `Word cloud of ${tags.name} of ${data.pool}, most frequent first: ${first.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`
  },
} satisfies Visual
