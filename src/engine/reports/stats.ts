import { rangeLabel } from '../../core/model/chart.ts'
import { SpinupError } from '../../core/model/error.ts'
import { counts } from '../../core/model/member.ts'
import { didYouMean } from '../../core/model/nearest.ts'
import type { Actor } from '../../core/model/pool.ts'
import { zoneOf } from '../../core/model/time-zone.ts'
import type { PageRef, StatsView } from '../../core/model/view.ts'
import { calledSo, memberCalled } from '../../core/pool/member-called.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../services.ts'
import { keepChart, readChart } from './chart.ts'
import { thereAre } from '../../core/model/words.ts'

/** A range that ends this shortly ago ends now, ms. */
const PRESENT_MS = 5000

/** `stat` null: the one that scales; `member` null: of the pool. */
export interface StatsAsked {
  readonly stat: string | null
  readonly rangeMs: number
  readonly member: string | null
  /** A second stat, drawn below. */
  readonly also?: string
  /** A line for each member instead of their mean. */
  readonly byMember?: boolean
  /** Where it ends, epoch ms; absent: now. */
  readonly toAt?: number
}

/** Numbers and a chart of a stat, or two, over the last `rangeMs`; of one member, or of the pool and each member. */
export async function statsView(
  services: Services,
  state: PoolState,
  asked: StatsAsked,
): Promise<StatsView & { readonly page?: PageRef }> {
  const { pool } = state
  const { byMember = false } = asked
  const available = await services.series.statNames(pool.id)
  const stat = statCalled(asked.stat ?? pool.policy.stat, available)
  const also = asked.also === undefined ? null : statCalled(asked.also, available)
  const member = asked.member === null ? null : memberNamed(state, asked.member)
  const now = services.now()
  const { toAt = now } = asked
  const present = now - toAt < PRESENT_MS
  const fromAt = toAt - asked.rangeMs
  const members = state.members.filter((one) => counts(one)).map(({ id }) => id)
  const memberIds = member === null ? (byMember ? members : []) : [member]
  const { spec, panels } = await readChart(services, state, {
    stat,
    also: also === stat ? null : also,
    fromAt,
    toAt,
    memberIds,
    present,
  })
  const [reading, second] = panels
  if (reading === undefined) throw new Error('there is a stat')
  const kept = await keepChart(services, state, `stats-${services.newId()}`, spec)
  return {
    kind: 'stats',
    pool: pool.name,
    member,
    fromAt,
    toAt,
    ...reading.figures,
    hottest: reading.hottest,
    also: second?.figures ?? null,
    perMember: reading.perMember,
    available,
    ...(present ? {} : { range: rangeLabel(fromAt, toAt, false, zoneOf(pool.policy.timeZone)) }),
    // The card itself has the way there.
    chart: kept === null ? null : { id: kept.id, title: kept.title, alt: kept.alt },
    ...(kept?.view === undefined ? {} : { page: pageOf(services, kept.view) }),
  }
}

/**
 * Posts a view of the stats page into the pool's channels, two stats on a card; answers how many cards that made. Throws
 * `notFound`.
 */
export async function postStats(
  services: Services,
  state: PoolState,
  asked: Pick<StatsAsked, 'member' | 'byMember'> & {
    readonly stats: readonly string[]
    readonly fromAt: number
    readonly toAt: number
  },
  actor: Actor,
): Promise<number> {
  const { stats, fromAt, toAt, ...rest } = asked
  const pairs = Array.from({ length: Math.ceil(stats.length / 2) }, (_, index) => stats.slice(index * 2, index * 2 + 2))
  for (const [stat = null, also] of pairs) {
    const wish = { ...rest, stat, rangeMs: toAt - fromAt, toAt, ...(also === undefined ? {} : { also }) }
    const view = { ...(await statsView(services, state, wish)), by: actor.name }
    await services.notices.tell(state.pool.id, `stats:${services.newId()}`, view, services.now())
  }
  return pairs.length
}

/** Waits and requests, by what people call them. */
const AT_THE_BALANCER = /^(p\d\d|latency|rps|req|reqs|requests?|traffic|in-?flight|throughput)$/i

/** The stat as it is reported, however it was typed. Throws `notFound`. */
export function statCalled(wanted: string, available: readonly string[]): string {
  const found = calledSo(available, (name) => name, wanted)
  if (found !== null) return found
  if (AT_THE_BALANCER.test(wanted)) {
    throw new SpinupError(
      'notFound',
      `${wanted} is measured at the balancer, shown live on the console, and not kept. To chart it, report one from your app.`,
    )
  }
  const there = available.length === 0 ? 'none has been reported yet' : thereAre(available)
  throw new SpinupError('notFound', `No statistic called ${wanted}: ${there}.${didYouMean(wanted, available)}`)
}

/** The view on the stats page. */
function pageOf({ consoleUrl = null }: Services, view: string): PageRef {
  return { id: view, of: 'stats', url: consoleUrl === null ? null : `${consoleUrl}/stats?${view}` }
}

/** Throws `notFound`. */
function memberNamed({ members }: PoolState, wanted: string): string {
  const found = memberCalled(members, wanted)
  if (found !== null) return found.id
  const names = members.map(({ id }) => id)
  const meant = didYouMean(wanted, names)
  throw new SpinupError('notFound', `There is no member called ${wanted}; ${thereAre(names)}.${meant}`)
}
