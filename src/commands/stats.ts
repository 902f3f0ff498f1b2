import { reported } from '../core/model/sample.ts'
import { SpinupError } from '../core/model/error.ts'
import { counts } from '../core/model/member.ts'
import { didYouMean } from '../core/model/nearest.ts'
import { STAT_NAME } from '../core/model/sample.ts'
import type { StatsView } from '../core/model/view.ts'
import { unitOf } from '../core/model/words.ts'
import { memberCalled } from '../core/pool/member-called.ts'
import type { PoolState } from '../core/pool/state.ts'
import { saveChart } from '../engine/reports/chart.ts'
import type { Services } from '../engine/services.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readRange } from './grammar/range.ts'
import { meaningful, readName } from './grammar/words.ts'

const DEFAULT_RANGE_MS = 30 * 60_000
const LEAST_RANGE_MS = 10_000
const LONGEST_RANGE_MS = 35 * 86_400_000

/** `stat` null: the one that scales; `member` null: of the pool and each member. */
export interface StatsWish {
  readonly kind: 'stats'
  readonly stat: string | null
  readonly rangeMs: number
  readonly member: string | null
}

export const command: Command<StatsWish> = {
  name: 'stats',
  task: 'look',
  aliases: 'stat, chart, charts, graph, graphs, plot, metric, metrics, numbers, load, usage, top, monitor, trend',
  phrases: { 'cpu *': 'cpu *, processor *', 'memory *': 'memory *, mem *, ram *' },
  asks: {
    cpu: 'cpu, processor, how much cpu, is cpu, how is cpu',
    memory: 'memory, ram, mem, how much memory, how much ram, how is memory',
    '':
      'load, how much load, chart, graph, metric, stat, usage, utilization, utilisation, how hot, trend, ' +
      'how high, how loaded',
  },
  summary: 'a chart and the numbers of any statistic, of the pool or one member',
  usage: 'stats [STAT] [of MEMBER] [last DURATION]',
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
  ],
  next: (words, facts) => {
    const last = words.at(-1)
    if (last === 'of') return facts.members
    if (last === 'last') return ['10m', '1h', '6h', '1d', '7d']
    const rest = ['last', 'of'].filter((word) => !words.includes(word))
    return words.length === 0 ? [...facts.stats, ...rest] : rest
  },
  access: 'read',
  needs: 'pool',
  run: async ({ services, state }, wish) => [await stats(services, state, wish)],
}

const MEMBER_EXAMPLE = '/spinup stats cpu of web-1'

function read(words: readonly string[]): StatsWish {
  const { rangeMs, rest } = readRange(words, LONGEST_RANGE_MS, (range, others) =>
    ['/spinup', 'stats', ...others, 'last', range].join(' '),
  )
  const at = rest.findIndex((word) => /^(of|from|for|on)$/i.test(word))
  const [name, ...behind] = at < 0 ? [] : meaningful(rest.slice(at + 1))
  if (at >= 0 && rest.length === at + 1) throw new BadWords('Of which member?', MEMBER_EXAMPLE)
  // `a chart of cpu`, `of all members`
  const isMember = name !== undefined && !SHORT.has(name.toLowerCase()) && !WHOLE.test(name)
  const member = isMember ? readName(name, 'member', MEMBER_EXAMPLE) : null
  const others = [
    ...(at < 0 ? rest : rest.slice(0, at)),
    ...(isMember || name === undefined ? behind : [name, ...behind]),
  ]
  const [stat, other] = meaningful(others).filter((word) => !WHOLE.test(word))
  const odd = stat !== undefined && !STAT_NAME.test(stat) ? stat : other
  if (odd !== undefined) throw new BadWords(`I do not understand “${odd}”.`, '/spinup stats cpu last 2h')
  return {
    kind: 'stats',
    stat: stat === undefined ? null : (SHORT.get(stat.toLowerCase()) ?? stat),
    rangeMs: Math.max(rangeMs ?? DEFAULT_RANGE_MS, LEAST_RANGE_MS),
    member,
  }
}

/** The pool and its members, as people say it. */
const WHOLE = /^(all|every|each|members?|servers?|droplets?|clones?|nodes?|everything|chart|graph|usage)$/i

/** The statistics that every agent reports, as people call them; any other is called as it is reported. */
const SHORT = new Map([
  ['cpu', 'cpu'],
  ['processor', 'cpu'],
  ['memory', 'memory'],
  ['mem', 'memory'],
  ['ram', 'memory'],
])

const POINTS = 300

/** Numbers and a chart of a stat over the last `rangeMs`; of one member, or of the pool and each member. */
async function stats(services: Services, state: PoolState, wish: StatsWish): Promise<StatsView> {
  const { pool } = state
  const available = await services.series.statNames(pool.id)
  const wanted = wish.stat ?? pool.policy.stat
  const stat = available.find((name) => name.toLowerCase() === wanted.toLowerCase()) ?? wanted
  if (!available.includes(stat)) {
    const known = available.length === 0 ? 'none has been reported yet' : `there are ${available.join(', ')}`
    throw new SpinupError('notFound', `No statistic called ${stat}: ${known}.${didYouMean(stat, available)}`)
  }
  const member = wish.member === null ? null : memberCalled(state.members, wish.member)?.id
  if (member === undefined) {
    const names = state.members.map(({ id }) => id)
    const meant = didYouMean(wish.member ?? '', names)
    throw new SpinupError(
      'notFound',
      `There is no member called ${wish.member}; there are ${names.join(', ')}.${meant}`,
    )
  }
  const toAt = services.now()
  const fromAt = toAt - wish.rangeMs
  const members = state.members.filter((member) => counts(member)).map((member) => member.id)
  const range = (memberId: string | null): ReturnType<Services['series']['range']> =>
    services.series.range(pool.id, memberId, stat, fromAt, toAt, POINTS)
  const [whole, perMember, latest] = await Promise.all([
    range(member),
    Promise.all(members.map(range)),
    services.series.latest(pool.id, members),
  ])
  const values = whole.value.filter((value) => value !== null)
  const chart = await saveChart(services, state, `stats-${services.newId()}`, {
    stat,
    fromAt,
    toAt,
    memberIds: member === null ? [] : [member],
  })
  const nows = members.map((id) => reported(latest[id]?.stats, stat) ?? null)
  const measured = (member === null ? nows : [reported(latest[member]?.stats, stat) ?? null]).filter(
    (value) => value !== null,
  )
  return {
    kind: 'stats',
    pool: pool.name,
    stat,
    fromAt,
    toAt,
    now: measured.length === 0 ? null : mean(measured),
    mean: values.length === 0 ? null : mean(values),
    max: values.length === 0 ? null : Math.max(...values),
    p95: quantile(values, 0.95),
    unit: unitOf(stat),
    perMember: members.map((id, index) => {
      const own = (perMember[index]?.value ?? []).filter((value) => value !== null)
      return { id, now: nows[index] ?? null, mean: own.length === 0 ? null : mean(own) }
    }),
    available,
    chart,
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null
}
