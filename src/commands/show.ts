import { answer } from '../core/model/answer.ts'
import { showView, type ShowAsked } from '../engine/reports/show.ts'
import type { Services } from '../engine/services.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readRange } from './grammar/range.ts'
import { meaningful } from './grammar/words.ts'

export interface ShowWish {
  readonly kind: 'show'
  /** null: which there are. */
  readonly show: ShowAsked | null
}

const LONGEST_RANGE_MS = 35 * 86_400_000
const EXAMPLE = '/spinup show wordcloud of tags last 1d'
const RANGES = ['1h', '6h', '1d', '7d', '28d']

export const command: Command<ShowWish> = {
  name: 'show',
  task: 'look',
  commas: true,
  aliases: 'visual, visuals, visualisation, visualization, visualisations, visualizations',
  // `show` before a name is how people ask for anything, so these names are known without it.
  phrases: {
    'wordcloud *': 'wordcloud *, word cloud *, tag cloud *, tagcloud *',
    'heatmap *': 'heatmap *, heat map *',
    'histogram *': 'histogram *, distribution *',
    'stacked *': 'stacked *, stacked members *',
    'dailycost *': 'dailycost *, daily cost *, daily costs *, cost per day *, costs per day *, cost by day *',
    'gauges *': 'gauges *, gauge *, gauge wall *',
    'crowd *': 'crowd *, what the crowd was *',
    'calendar *': 'calendar *, calendar of scale events *',
  },
  summary: 'a picture of the pool’s data: word cloud, heat map, histogram and more',
  usage: 'show [NAME [of STAT] [last DURATION] [OPTION=VALUE]]',
  example: EXAMPLE,
  parse: read,
  options: [
    {
      name: 'visual',
      summary: 'Which picture; leave it out to see which there are',
      kind: 'text',
      offers: ({ visuals = [] }) => visuals,
    },
    {
      name: 'of',
      summary: 'Of which statistic, tags or texts',
      kind: 'text',
      offers: ({ stats, texts = [] }) => [...texts, ...stats],
      words: (value) => `of ${value}`,
    },
    {
      name: 'last',
      summary: 'How far back: 6h, 1d, 28d',
      kind: 'text',
      offers: () => RANGES,
      words: (value) => `last ${value}`,
    },
    { name: 'settings', summary: 'Its own options, such as most=50', kind: 'text' },
  ],
  next: (words, facts) => {
    const last = words.at(-1)
    if (words.length === 0) return facts.visuals ?? []
    if (last === 'of') return [...(facts.texts ?? []), ...facts.stats]
    if (last === 'last') return RANGES
    return ['of', 'last'].filter((word) => !words.includes(word))
  },
  access: 'read',
  needs: 'pool',
  run: async ({ services, state }, { show }) => [
    show === null ? await listed(services) : await showView(services, state, show),
  ],
}

async function listed(services: Services): Promise<ReturnType<typeof answer>> {
  const all = await services.visuals.all()
  const fields = all.map(({ name, about }) => ({ name, value: about.summary || about.title }))
  return answer('info', 'What can be shown', `For example \`${EXAMPLE}\`.`, [], fields)
}

/** Those that are known without `show`. */
const SHIPPED = new Set(Object.keys(command.phrases ?? {}).map((phrase) => phrase.split(' ', 1)[0]!))

function read(all: readonly string[]): ShowWish {
  const options = Object.fromEntries(
    all.flatMap((word) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(word) ?? []
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    }),
  )
  const words = all.filter((word) => !/^\w+=/.test(word))
  const { rangeMs, rest } = readRange(words, LONGEST_RANGE_MS, (range, others) =>
    ['/spinup', 'show', ...others, 'last', range].join(' '),
  )
  const said = rest.findIndex((word) => /^(of|from|for)$/i.test(word))
  // `heatmap cpu`
  const at = said < 0 && rest.length > 1 && SHIPPED.has(rest[0]!.toLowerCase()) ? 0 : said
  const name = meaningful(said < 0 && at === 0 ? rest.slice(0, 1) : at < 0 ? rest : rest.slice(0, at)).join(' ')
  const of =
    at < 0
      ? []
      : rest
          .slice(at + 1)
          .flatMap((word) => word.split(','))
          .filter((word) => word !== '' && !/^and$/i.test(word))
  if (name === '' && of.length === 0 && rangeMs === null) return { kind: 'show', show: null }
  if (name === '') throw new BadWords('Show what?', EXAMPLE)
  if (at >= 0 && of.length === 0) throw new BadWords('Of what?', EXAMPLE)
  return { kind: 'show', show: { visual: name.slice(0, 80), of: of.slice(0, 8), rangeMs, options } }
}
