import { STAT_NAME } from '../core/model/sample.ts'
import { statsView, type StatsAsked } from '../engine/reports/stats.ts'
import type { Command, Reading } from './command.ts'
import { memberCalled } from '../core/pool/member-called.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readByMember, readSecondStat } from './grammar/chart-shape.ts'
import { readPast } from './grammar/past.ts'
import { meaningful, readName } from './grammar/words.ts'

const DEFAULT_RANGE_MS = 30 * 60_000
const LEAST_RANGE_MS = 10_000
const LONGEST_RANGE_MS = 35 * 86_400_000

export interface StatsWish extends StatsAsked {
  readonly kind: 'stats'
}

export const command: Command<StatsWish> = {
  name: 'stats',
  task: 'look',
  commas: true,
  aliases:
    'stat, statistics, statistic, chart, charts, graph, graphs, plot, metric, metrics, numbers, load, usage, top, monitor, trend',
  phrases: { 'cpu *': 'cpu *, processor *', 'memory *': 'memory *, mem *, ram *' },
  asks: {
    cpu: 'cpu, processor, how much cpu, is cpu, how is cpu',
    memory: 'memory, ram, mem, how much memory, how much ram, how is memory',
    '':
      'load, how much load, chart, graph, metric, stat, usage, utilization, utilisation, how hot, trend, ' +
      'how high, how loaded',
  },
  summary: 'a chart and the numbers of any statistic, of the pool or one member',
  usage: 'stats [STAT[, STAT]] [by member | of MEMBER] [last DURATION]',
  example: '/spinup stats cpu last 2h',
  parse: read,
  options: [
    { name: 'stat', summary: 'cpu, memory or any reported one', kind: 'text', offers: ({ stats }) => stats },
    {
      name: 'member',
      summary: 'Of one member; leave it out for the whole pool',
      kind: 'text',
      offers: ({ members }) => members,
      words: (value) => `of ${value}`,
    },
    {
      name: 'last',
      summary: 'How far back: 30m, 2h, 7d',
      kind: 'text',
      offers: () => ['10m', '1h', '6h', '1d', '7d'],
      words: (value) => `last ${value}`,
    },
    {
      name: 'by',
      summary: 'A line for each member instead of their mean',
      kind: 'text',
      offers: () => ['member'],
      words: (value) => `by ${value}`,
    },
  ],
  next: (words, facts) => {
    const last = words.at(-1)
    if (last === 'of') return facts.members
    if (last === 'last') return ['10m', '1h', '6h', '1d', '7d']
    const rest = ['last', 'of', 'by member'].filter((word) => !words.includes(word.split(' ')[0] ?? ''))
    return words.length === 0 ? [...facts.stats, ...rest] : rest
  },
  access: 'read',
  needs: 'pool',
  isOf: ({ member }, { members }) => member !== null && memberCalled(members, member) !== null,
  run: async ({ services, state }, wish) => [await statsView(services, state, wish)],
}

const MEMBER_EXAMPLE = '/spinup stats cpu of web-1'

function read(all: readonly string[], reading: Reading): StatsWish {
  const { words, byMember } = readByMember(all)
  const { rangeMs, toAt, rest } = readPast(words, reading, LONGEST_RANGE_MS, (range, others) =>
    ['/spinup', 'stats', ...others, 'last', range].join(' '),
  )
  const at = rest.findIndex((word) => /^(of|from|for|on)$/i.test(word))
  const [named, ...behind] = at < 0 ? [] : meaningful(rest.slice(at + 1))
  const name = named?.replace(/,+$/, '')
  if (at >= 0 && rest.length === at + 1) throw new BadWords('Of which member?', MEMBER_EXAMPLE)
  // `a chart of cpu`, `of all members`
  const isMember = name !== undefined && !SHORT.has(name.toLowerCase()) && !WHOLE.test(name)
  const member = isMember ? readName(name, 'member', MEMBER_EXAMPLE) : null
  const others = [
    ...(at < 0 ? rest : rest.slice(0, at)),
    ...(isMember || named === undefined ? behind : [named, ...behind]),
  ]
  const { also, words: stats } = readSecondStat(others)
  const [stat, other] = meaningful(stats).filter((word) => !WHOLE.test(word))
  const odd = stat !== undefined && !STAT_NAME.test(stat) ? stat : other
  if (odd !== undefined) throw new BadWords(`I do not understand “${odd}”.`, '/spinup stats cpu last 2h')
  return {
    kind: 'stats',
    stat: stat === undefined ? null : reportedAs(stat),
    rangeMs: Math.max(rangeMs ?? DEFAULT_RANGE_MS, LEAST_RANGE_MS),
    member,
    ...(toAt === null ? {} : { toAt }),
    ...(also === null ? {} : { also: reportedAs(also) }),
    ...(byMember ? { byMember } : {}),
  }
}

function reportedAs(stat: string): string {
  return SHORT.get(stat.toLowerCase()) ?? stat
}

/** The pool and its members, as people say it. */
const WHOLE = /^(all|every|each|members?|servers?|droplets?|clones?|nodes?|everything|chart|graph|stats?|usage)$/i

/** The statistics that every agent reports, as people call them; any other is called as it is reported. */
const SHORT = new Map([
  ['cpu', 'cpu'],
  ['processor', 'cpu'],
  ['memory', 'memory'],
  ['mem', 'memory'],
  ['ram', 'memory'],
])
