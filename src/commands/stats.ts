import { reported } from '../core/model/sample.ts'
import { parseDuration } from '../core/model/duration.ts'
import { SpinupError } from '../core/model/error.ts'
import { counts } from '../core/model/member.ts'
import { didYouMean } from '../core/model/nearest.ts'
import { STAT_NAME } from '../core/model/sample.ts'
import type { StatsView } from '../core/model/view.ts'
import { unitOf } from '../core/model/words.ts'
import type { PoolState } from '../core/pool/state.ts'
import { saveChart } from '../engine/reports/chart.ts'
import type { Services } from '../engine/services.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readName } from './grammar/words.ts'

const DEFAULT_RANGE_MS = 30 * 60_000
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
  summary: 'a chart and the numbers of any statistic, of the pool or one member',
  usage: 'stats [STAT] [of MEMBER] [last DURATION]',
  example: '/spinup stats cpu last 2h',
  parse: (words) => {
    let stat: string | null = null
    let member: string | null = null
    let rangeMs = DEFAULT_RANGE_MS
    const rest = [...words]
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
      const keyword = word.toLowerCase()
      if (keyword === 'of') {
        member = rest.shift() ?? null
        if (member === null) throw new BadWords('Of which member?', '/spinup stats cpu of web-1')
        readName(member, 'member', '/spinup stats cpu of web-1')
        continue
      }
      const asked = keyword === 'last' ? rest.shift() : word
      const range = asked === undefined ? null : parseDuration(asked)
      if (range !== null) {
        if (range > LONGEST_RANGE_MS)
          throw new BadWords('I keep five weeks; ask for less.', '/spinup stats cpu last 35d')
        rangeMs = Math.max(range, 10_000)
      } else if (keyword === 'last') {
        throw new BadWords(`“${asked ?? ''}” is not a duration.`, '/spinup stats last 2h')
      } else if (stat === null && STAT_NAME.test(word)) {
        stat = word
      } else {
        throw new BadWords(`I do not understand “${word}”.`, '/spinup stats cpu last 2h')
      }
    }
    return { kind: 'stats', stat, rangeMs, member }
  },
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
      words: (value) => `last ${value.replaceAll(' ', '')}`,
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

const POINTS = 300

/** Numbers and a chart of a stat over the last `rangeMs`; of one member, or of the pool and each member. */
async function stats(services: Services, state: PoolState, wish: StatsWish): Promise<StatsView> {
  const { pool } = state
  const available = await services.series.statNames(pool.id)
  const stat = wish.stat ?? pool.policy.stat
  if (!available.includes(stat)) {
    const known = available.length === 0 ? 'none has been reported yet' : `there are ${available.join(', ')}`
    throw new SpinupError('notFound', `No statistic called ${stat}: ${known}.${didYouMean(stat, available)}`)
  }
  if (wish.member !== null && !state.members.some((member) => member.id === wish.member)) {
    const names = state.members.map((member) => member.id)
    const meant = didYouMean(wish.member, names)
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
    range(wish.member),
    Promise.all(members.map(range)),
    services.series.latest(pool.id, members),
  ])
  const values = whole.value.filter((value) => value !== null)
  const chart = await saveChart(services, state, `stats-${services.newId()}`, {
    stat,
    fromAt,
    toAt,
    memberIds: wish.member === null ? [] : [wish.member],
  })
  const nows = members.map((id) => reported(latest[id]?.stats, stat) ?? null)
  const measured = (wish.member === null ? nows : [reported(latest[wish.member]?.stats, stat) ?? null]).filter(
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
