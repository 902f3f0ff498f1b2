import { MOST_STATS, type StatsFirst, type StatsPool } from '../../core/model/stats-page.ts'
import { instantOf, type TimeZone } from '../../core/model/time-zone.ts'
import { parseDuration } from '../../core/model/words.ts'

/** A range that ends now and moves on, or one that is fixed; ms, epoch ms. */
export type Range =
  | { readonly kind: 'last'; readonly ms: number }
  | { readonly kind: 'between'; readonly fromAt: number; readonly toAt: number }

/** What is drawn behind the lines: the same time a day or a week before. */
export type Behind = 'none' | 'day' | 'week'

/** All that the page shows, as its address says it. */
export interface View {
  readonly pool: string
  readonly stats: readonly string[]
  readonly range: Range
  readonly byMember: boolean
  /** The member that stands out. */
  readonly solo: string | null
  readonly behind: Behind
}

export interface Span {
  readonly fromAt: number
  readonly toAt: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LEAST_MS = 60_000
const LONGEST_MS = 39 * DAY_MS

/** The ranges that are a press away. */
export const PRESETS: readonly (readonly [name: string, ms: number])[] = [
  ['15 min', HOUR_MS / 4],
  ['1 h', HOUR_MS],
  ['6 h', 6 * HOUR_MS],
  ['24 h', DAY_MS],
  ['7 d', 7 * DAY_MS],
  ['30 d', 30 * DAY_MS],
]

/**
 * The view of an address; what it does not say is as usual. null: there is no such pool. Another one's lines would be taken
 * for its own.
 */
export function readView(search: string, { pools }: StatsFirst): View | null {
  const query = new URLSearchParams(search)
  const pool = poolNamed(query.get('pool') ?? '', pools)
  if (pool === null) return null
  const behind = query.get('with')
  return {
    pool: pool.name,
    stats: statsIn(query.get('stats') ?? '', pool),
    range: rangeIn(query),
    byMember: query.get('by') === 'member',
    solo: query.get('solo'),
    behind: behind === 'day' || behind === 'week' ? behind : 'none',
  }
}

/** By its id or name, in capitals or not; of no name the first. null: there is none. */
export function poolNamed(named: string, pools: StatsFirst['pools']): StatsPool | null {
  if (named === '') return pools[0] ?? null
  const lower = named.toLowerCase()
  return (
    pools.find(({ id, name }) => id === named || name === named) ??
    pools.find(({ name }) => name.toLowerCase() === lower) ??
    null
  )
}

function statsIn(text: string, pool: StatsPool): readonly string[] {
  const asked = text.split(',').filter((stat) => stat !== '')
  // One that was never reported is shown as empty, and says so.
  if (asked.length > 0) return [...new Set(asked)].slice(0, MOST_STATS)
  const usual = [pool.stat, ...['cpu', 'memory'].filter((stat) => stat !== pool.stat)]
  const there = usual.filter((stat) => pool.stats.includes(stat)).slice(0, 2)
  return there.length > 0 ? there : [pool.stats[0] ?? pool.stat]
}

function rangeIn(query: URLSearchParams): Range {
  const [fromAt, toAt] = [query.get('from'), query.get('to')].map((text) => Date.parse(text ?? ''))
  if (fromAt !== undefined && toAt !== undefined && toAt - fromAt >= 1000) return between(fromAt, toAt)
  return { kind: 'last', ms: clamped(parseDuration(query.get('last') ?? '') ?? HOUR_MS) }
}

function clamped(ms: number): number {
  return Math.min(LONGEST_MS, Math.max(LEAST_MS, ms))
}

/** A fixed range of a minute at least. */
export function between(fromAt: number, toAt: number): Range {
  const ms = clamped(toAt - fromAt)
  const middle = (fromAt + toAt) / 2
  if (ms === toAt - fromAt) return { kind: 'between', fromAt: Math.round(fromAt), toAt: Math.round(toAt) }
  return { kind: 'between', fromAt: Math.round(middle - ms / 2), toAt: Math.round(middle + ms / 2) }
}

/** The address of a view, from the question mark on. */
export function searchOf({ pool, stats, range, byMember, solo, behind }: View): string {
  const query = new URLSearchParams({ pool, stats: stats.join(',') })
  if (range.kind === 'last') query.set('last', durationText(range.ms))
  else {
    query.set('from', timeText(range.fromAt))
    query.set('to', timeText(range.toAt))
  }
  if (byMember) query.set('by', 'member')
  if (solo !== null) query.set('solo', solo)
  if (behind !== 'none') query.set('with', behind)
  return `?${query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')}`
}

function timeText(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

function durationText(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['m', 60_000],
    ['s', 1000],
  ]
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? ['s', 1000]
  return `${Math.round(ms / size)}${unit}`
}

export function spanOf(range: Range, now: number): Span {
  return range.kind === 'last' ? { fromAt: now - range.ms, toAt: now } : range
}

/** Wider by `factor` (narrower below 1), or moved by a `share` of its length; never into the future. */
export function changed(range: Range, now: number, by: { readonly factor?: number; readonly share?: number }): Range {
  const { factor = 1, share = 0 } = by
  const { fromAt, toAt } = spanOf(range, now)
  const ms = clamped((toAt - fromAt) * factor)
  if (range.kind === 'last' && share === 0) return { kind: 'last', ms: Math.round(ms / 1000) * 1000 }
  const middle = (fromAt + toAt) / 2 + (toAt - fromAt) * share
  const end = middle + ms / 2
  // What reaches the present goes on with it.
  if (end >= now) return { kind: 'last', ms: Math.round(ms / 1000) * 1000 }
  return between(end - ms, end)
}

/** How many days back that is. */
export const DAYS_BEHIND = { none: 0, day: 1, week: 7 } as const satisfies Readonly<Record<Behind, number>>

/** The instant whose clocks show the same so many days later, or before (less than 0). */
export function daysLater(at: number, days: number, zone: TimeZone): number {
  return days === 0 ? at : instantOf(at + zone.offsetMs(at) + days * DAY_MS, zone)
}
