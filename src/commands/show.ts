import { answer, isDone } from '../core/model/answer.ts'
import type { View } from '../core/model/view.ts'
import { capital } from '../core/model/words.ts'
import { timesInWords } from '../core/notify/channel.ts'
import { timeZoneAt } from '../engine/reports/live.ts'
import { scheduleShow, stopAction } from '../engine/visuals/schedule.ts'
import { showView, type ShowAsked } from '../engine/visuals/show.ts'
import type { AtPool, Command, Reading } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { everyWords, readEvery, type Every } from './grammar/every.ts'
import { readUntilNow } from './grammar/past.ts'
import { meaningful } from './grammar/words.ts'
import { visualsList } from './visuals.ts'

export interface ShowWish {
  readonly kind: 'show'
  /** null: which there are. */
  readonly show: ShowAsked | null
  /** When this channel gets it from now on; absent: it is shown now. */
  readonly every?: Every
}

const LONGEST_RANGE_MS = 35 * 86_400_000
const EXAMPLE = '/spinup show wordcloud of tags last 1d'
const RANGES = ['1h', '6h', '1d', '7d', '28d']
const TIMES = ['mon 9:00', 'day 9:00', 'weekday 18:00']

export const command: Command<ShowWish> = {
  name: 'show',
  task: 'look',
  commas: true,
  aliases: 'visual, visualisation, visualization',
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
  summary: 'a picture of the pool’s data: word cloud, heat map, histogram, your own; once, or every Monday',
  usage: 'show [NAME [of STAT] [last DURATION] [OPTION=VALUE] [every DAY TIME]]',
  example: EXAMPLE,
  parse: read,
  options: [
    {
      name: 'visual',
      summary: 'Which picture; leave it out to see which there are',
      kind: 'text',
      offers: ({ visuals = [] }) => visuals.map(({ name }) => name),
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
    {
      name: 'every',
      summary: 'Again and again in this channel: mon 9:00, day 18:30',
      kind: 'text',
      offers: () => TIMES,
      words: (value) => `every ${value}`,
    },
  ],
  next: (words, { visuals = [], texts = [], stats }) => {
    const last = words.at(-1)
    if (words.length === 0) return visuals.map(({ name }) => name)
    if (last === 'of') return [...texts, ...stats]
    if (last === 'last') return RANGES
    if (last === 'every') return TIMES
    if (words.includes('every')) return []
    const own = visuals.find(({ name }) => name === words[0])?.options ?? []
    const named = (word: string): string => word.replace(/=.*$/, '')
    return ['of', 'last', 'every', ...own].filter((word) => !words.map(named).includes(named(word)))
  },
  sets: ({ every }) => every !== undefined,
  audit: { words: ({ show, every }) => lineOf(show, every), beside: isDone },
  access: 'read',
  needs: 'pool',
  run: async (at, { show, every }) => {
    if (show === null) return [await visualsList(at)]
    const view = await showView(at.services, at.state, show)
    return every === undefined ? [view] : [await scheduled(at, show, every), view]
  },
}

/** From now on; with the picture as it is now, a person sees at once what will come. */
async function scheduled(at: AtPool, asked: ShowAsked, { weekdays, minute, timeZone }: Every): Promise<View> {
  // Not the clock of the one who asks: the channel's or the team's.
  const times = { weekdays, minute, timeZone: timeZone ?? (await timeZoneAt(at.services, at.asker.place)) }
  const show = await scheduleShow(at.services, at.state, { asker: at.asker, asked }, times)
  const text = 'As it is now:'
  return answer('good', `${asked.visual} comes here ${timesInWords(times)}`, text, [
    stopAction(show),
    { action: 'run:/spinup visuals schedules', label: 'Schedules', style: 'plain' },
  ])
}

/** Those that are known without `show`. */
const SHIPPED = new Set(Object.keys(command.phrases ?? {}).map((phrase) => phrase.split(' ', 1)[0]!))

/** As it is typed. */
function lineOf(show: ShowAsked | null, every: Every | undefined): string {
  if (show === null) return ''
  const { visual, of, rangeMs, options } = show
  return [
    visual,
    ...(of.length === 0 ? [] : ['of', of.join(',')]),
    ...(rangeMs === null ? [] : ['last', `${rangeMs / 1000}s`]),
    ...Object.entries(options).map(([name, value]) => `${name}=${value}`),
    ...(every === undefined ? [] : [everyWords(every)]),
  ].join(' ')
}

/** `daily`, `on mondays` and `bins = 10` as `every day`, `every monday` and `bins=10`. */
function asUsual(line: readonly string[]): readonly string[] {
  return line
    .join(' ')
    .replaceAll(/ ?= ?/g, '=')
    .replaceAll(
      /(?<! (?:every|each)) (?:on )?((?:sun|mon|tues|wednes|thurs|fri|satur|week)days|daily)(?= |$)/gi,
      (_, days: string) => ` every ${days.toLowerCase() === 'daily' ? 'day' : days}`,
    )
    .split(' ')
    .filter((word) => word !== '')
}

function read(words: readonly string[], reading: Reading): ShowWish {
  const line = asUsual(words)
  const from = line.findIndex((word) => /^(every|each)$/i.test(word))
  if (from < 0) return readShow(line, reading)
  // What else is said of the picture may stand behind its times.
  const length = line.slice(from).findIndex((word) => /^(of|last|past)$|^\w+=/i.test(word))
  const to = length < 0 ? line.length : from + length
  const [before, after] = [line.slice(0, from), line.slice(to)]
  const every = readEvery(line.slice(from + 1, to), (right) =>
    ['/spinup show', ...before, ...after, 'every', right].join(' '),
  )
  const { show } = readShow([...before, ...after], reading)
  if (show === null) throw new BadWords(`${capital(everyWords(every))} what?`, `${EXAMPLE} ${everyWords(every)}`)
  return { kind: 'show', show, every }
}

function readShow(all: readonly string[], reading: Reading): ShowWish {
  const options = Object.fromEntries(
    all.flatMap((word) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(word) ?? []
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    }),
  )
  const words = all.filter((word) => !/^\w+=/.test(word))
  const { rangeMs, rest } = readUntilNow(words, reading, LONGEST_RANGE_MS, (range, others) =>
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
