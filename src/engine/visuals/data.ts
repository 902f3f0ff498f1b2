import { fleetPrice } from '../../core/model/billing.ts'
import type { Stretch } from '../../core/model/history.ts'
import { counts } from '../../core/model/member.ts'
import { instantOf, zoneOf, type TimeZone } from '../../core/model/time-zone.ts'
import { unitOf } from '../../core/model/words.ts'
import { memberCounts } from '../../core/pool/member-counts.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { VisualData, VisualEvent, VisualNeeds, VisualSeries } from '../../core/visual/visual.ts'
import type { Services } from '../services.ts'
import { scaleEvents } from '../reports/summary.ts'

const POINTS = { usual: 300, most: 1000, byMember: 200 }
/** Each has a series of its own. */
const MOST_MEMBERS = 40
const MOST_TEXTS = 1000
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

interface Wish {
  readonly fromAt: number
  readonly toAt: number
  readonly needs: VisualNeeds
}

/** What a visualisation is drawn from: what it needs of one pool, and of no other. */
export async function gather(services: Services, state: PoolState, { fromAt, toAt, needs }: Wish): Promise<VisualData> {
  const { pool } = state
  const stats = needs.stats ?? []
  const members = state.members.filter((member) => counts(member)).map(({ id }) => id)
  const lines = stats.flatMap((stat) =>
    [null, ...(needs.byMember === true ? members.slice(0, MOST_MEMBERS) : [])].map((member) => ({ stat, member })),
  )
  const most = needs.byMember === true ? POINTS.byMember : POINTS.most
  const points = Math.max(2, Math.min(most, Math.round(needs.points ?? POINTS.usual)))
  const [series, tags, stretches, events] = await Promise.all([
    Promise.all(
      lines.map(async ({ stat, member }): Promise<VisualSeries> => {
        const { at, value, min, max } = await services.series.range(pool.id, member, stat, fromAt, toAt, points)
        return {
          stat,
          unit: unitOf(stat),
          member,
          at,
          value: value.map(short),
          min: min.map(short),
          max: max.map(short),
        }
      }),
    ),
    Promise.all((needs.tags ?? []).map((name) => services.texts.counts(pool.id, name, fromAt, toAt, MOST_TEXTS))),
    services.series.together(pool.id, 'cpu', fromAt, toAt),
    eventsOf(services, state, fromAt, toAt),
  ])
  const counted = memberCounts(state, stretches, { fromAt, toAt }, toAt)
  return {
    pool: pool.name,
    timeZone: pool.policy.timeZone,
    fromAt,
    toAt,
    series,
    tags,
    members: { at: counted?.at ?? [], value: counted?.value ?? [], most: pool.policy.max },
    events,
    cost: costByDay(state, stretches, { fromAt, toAt }, zoneOf(pool.policy.timeZone)),
  }
}

/** Seven digits are what is kept of a value; three more would only be sent. null: none. */
function short(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(5))
}

/** Oldest first: those the pool remembers, with their reasons, and before them what the audit has. */
async function eventsOf(
  services: Services,
  state: PoolState,
  fromAt: number,
  toAt: number,
): Promise<readonly VisualEvent[]> {
  const remembered = state.episodes
    .filter(({ startedAt, from, to }) => startedAt >= fromAt && startedAt <= toAt && from !== to)
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .map(({ startedAt, endedAt, direction, from, to, reason }) => ({
      at: startedAt,
      endedAt,
      direction,
      from,
      to,
      reason,
    }))
  const oldest = Math.min(toAt, ...state.episodes.map(({ startedAt }) => startedAt))
  const earlier = oldest <= fromAt ? [] : await scaleEvents(services, state.pool.id, fromAt, oldest)
  return [
    ...earlier
      .filter(({ ok, from, to }) => ok && from !== to)
      .map(({ at, direction, from, to }) => ({ at, endedAt: at, direction, from, to, reason: '' })),
    ...remembered,
  ]
}

/** What the members that reported cost, by the days of the team's clock. */
function costByDay(
  { pool }: PoolState,
  stretches: readonly Stretch[],
  range: { readonly fromAt: number; readonly toAt: number },
  zone: TimeZone,
): VisualData['cost'] {
  const dollars = new Map<number, number>()
  const since = Math.max(range.fromAt, pool.createdAt)
  for (const { fromAt, toAt, members } of stretches) {
    const wall = fromAt + zone.offsetMs(fromAt)
    const day = Math.floor(wall / DAY_MS)
    const paid = (fleetPrice(pool, Math.max(1, members)) * (toAt - fromAt)) / HOUR_MS
    dollars.set(day, (dollars.get(day) ?? 0) + paid)
  }
  const dayOf = (at: number): number => Math.floor((at + zone.offsetMs(at)) / DAY_MS)
  const [first, last] = [dayOf(since), dayOf(range.toAt)]
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const midnight = (first + index) * DAY_MS
    return { at: instantOf(midnight, zone), dollars: Number((dollars.get(first + index) ?? 0).toFixed(4)) }
  })
}
