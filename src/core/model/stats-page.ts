import type { Stats } from './sample.ts'

/** A stat of one member, or (`member` null) of all together, over time; times are epoch ms, oldest first. */
export interface SeriesLine {
  readonly stat: string
  readonly unit: 'fraction' | 'number'
  readonly member: string | null
  /** How wide a bucket is, ms; 0: each point is a sample as it was reported. */
  readonly stepMs: number
  /** Middle of each bucket. Where nothing was reported for a while there is one bucket of null. */
  readonly at: readonly number[]
  readonly mean: readonly (number | null)[]
  /** As many as means, or none where they were not asked for. */
  readonly min: readonly (number | null)[]
  readonly max: readonly (number | null)[]
}

/** What `GET /api/series` answers. */
export interface SeriesAnswer {
  readonly pool: { readonly id: string; readonly name: string }
  readonly timeZone: string
  readonly fromAt: number
  readonly toAt: number
  readonly series: readonly SeriesLine[]
}

/** Something that happened; `page`: the id of its page, `/e/ID`. */
export interface StatMark {
  readonly at: number
  readonly kind: 'out' | 'in' | 'refresh' | 'decision' | 'pin' | 'policy'
  /** A few letters: `+2`. */
  readonly label: string
  /** The same in words. */
  readonly what: string
  readonly page: string
}

/** What stands below the charts of a range: how many members, what they cost, and what happened. */
export interface Beside {
  /** Members that reported, where their number changes, and how many there may be; null: nobody reported. */
  readonly members: {
    readonly at: readonly number[]
    readonly value: readonly number[]
    readonly most?: number
  } | null
  /** What they cost then, US dollars an hour, at the same instants; and over the whole range. */
  readonly cost: { readonly value: readonly number[]; readonly dollars: number }
  readonly marks: readonly StatMark[]
}

/** A pool that may be looked at. */
export interface StatsPool {
  readonly id: string
  readonly name: string
  readonly timeZone: string
  readonly createdAt: number
  /** What scales it, and the value each member is kept at. */
  readonly stat: string
  readonly target: number
  /** Every stat that was reported in the last 42 days. */
  readonly stats: readonly string[]
  readonly members: readonly string[]
  readonly max: number
  /** A member whose newest sample is older has stopped reporting, ms. */
  readonly staleAfterMs: number
  readonly dollarsPerHour: number
}

/** The newest sample of every member of a pool; null: none lately. */
export interface PoolSamples {
  readonly pool: string
  readonly members: readonly { readonly id: string; readonly at: number; readonly stats: Stats }[]
}

/** What the page begins with. */
export interface StatsFirst {
  readonly now: number
  readonly pools: readonly StatsPool[]
  /** What comes to the channel after this is news. */
  readonly place: { readonly epoch: string; readonly cursor: number }
  readonly palettes: Readonly<Record<'dark' | 'light', StatsColours>>
}

/** `#rrggbb`. */
export interface StatsColours {
  readonly lines: readonly string[]
  readonly rest: string
  readonly target: string
}

/** How far back anything is kept, ms. */
export const KEPT_MS = 40 * 86_400_000
/** So many stats are shown at once. */
export const MOST_STATS = 8

/** What the address of a view says: `/stats?` and this. Its range is fixed. */
export function viewQuery(view: {
  readonly pool: string
  readonly stats: readonly string[]
  readonly fromAt: number
  readonly toAt: number
  readonly byMember?: boolean
}): string {
  const { pool, stats, fromAt, toAt, byMember = false } = view
  const time = (at: number): string => new Date(at).toISOString().replace(/\.000Z$/, 'Z')
  // Commas and colons are readable in an address, where neither means anything else.
  const value = (text: string): string => encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%3A', ':')
  const pairs = {
    pool,
    stats: stats.join(','),
    from: time(fromAt),
    to: time(toAt),
    ...(byMember ? { by: 'member' } : {}),
  }
  return Object.entries(pairs)
    .map(([name, text]) => `${name}=${value(text)}`)
    .join('&')
}
