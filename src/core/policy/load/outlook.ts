import type { LoadMemory, OutlookMemory } from '../../model/load.ts'
import { sameTime } from './season.ts'

/**
 * An outlook is a way to be ready for what comes: hold headroom for the highest of some past (`base`), times a spare
 * factor. Which one pays depends on the visitors, so all of them are replayed all the time, and the one that would
 * have cost least so far is followed.
 */
interface Base {
  readonly words: string
  /** Minutes looked back on; null: the calendar. */
  readonly minutes: number | null
  readonly ago?: 'day' | 'week'
}

export const BASES: readonly Base[] = [
  { words: 'now', minutes: 0 },
  { words: 'the last 5 min', minutes: 5 },
  { words: 'the last 15 min', minutes: 15 },
  { words: 'the last 30 min', minutes: 30 },
  { words: 'the last hour', minutes: 60 },
  { words: 'the last 2 h', minutes: 120 },
  { words: 'the last 4 h', minutes: 240 },
  { words: 'yesterday at this time', minutes: null, ago: 'day' },
  { words: 'last week at this time', minutes: null, ago: 'week' },
]
const SPARES = [1, 1.1, 1.25, 1.5, 2, 3] as const
/** Where a pool begins that has seen nothing: what is wanted now, no headroom. */
const FIRST = 0
/** Each step away from there has to earn this many droplet-hours first: one bad minute proves nothing. */
const DOUBT = 2.5
/** The one being followed is left only for one that is this much better, droplet-hours. */
const LOYALTY = 0.3
/** What was so long ago counts half. */
const HALF_LIFE_MS = 24 * 3_600_000
/** The season is looked up a little past the boot time: the hour repeats, the minute does not. */
const SEASON_MS = 5 * 60_000

export const EMPTY_OUTLOOK: OutlookMemory = {
  costs: BASES.flatMap((_, base) => SPARES.map((_, spare) => DOUBT * (doubt(base) + spare))),
  held: [],
  idle: [],
  chosen: FIRST,
  pending: [],
}

function doubt(base: number): number {
  return BASES[base]!.minutes === null ? 1 : base
}

/** The outlook being followed. */
export function chosen(outlook: OutlookMemory): {
  readonly base: number
  readonly words: string
  readonly spare: number
} {
  const base = Math.floor(outlook.chosen / SPARES.length)
  return { base, words: BASES[base]!.words, spare: SPARES[outlook.chosen % SPARES.length]! }
}

/** What each base holds room for, in members at target; never less than `now`. */
export function peaks(
  load: Pick<LoadMemory, 'minutes' | 'season'>,
  demand: number,
  at: number,
  horizonMs: number,
): readonly number[] {
  return BASES.map((base) => {
    if (base.minutes === null) {
      return Math.max(demand, sameTime(load.season, at, horizonMs + SEASON_MS, base.ago ?? 'day') ?? 0)
    }
    return base.minutes === 0 ? demand : Math.max(demand, peakOf(load.minutes, base.minutes))
  })
}

/** The highest of the last so many minutes, the present one included. */
export function peakOf(minutes: readonly number[], count: number): number {
  let highest = 0
  for (let index = Math.max(0, minutes.length - 1 - count); index < minutes.length; index++) {
    highest = Math.max(highest, minutes[index]!)
  }
  return highest
}

/** What the replay of an outlook needs to know of the policy. */
export interface Stakes {
  /** A member can carry this much more than its target before visitors wait. */
  readonly brim: number
  /** A member is not asked for before the others are this far over target. */
  readonly ceiling: number
  readonly min: number
  readonly max: number
  /** A slow minute in droplet-hours. */
  readonly slowMinute: number
  /** Idle members leave once they have idled so long: their time together, times their number, ms. */
  readonly idleMs: number
}

/**
 * Books what some seconds of `demand` would have cost under each outlook: the members it would have held, and a share
 * of a slow minute where those it held one boot time ago were too few.
 */
export function replay(
  outlook: OutlookMemory,
  seen: { readonly at: number; readonly demand: number; readonly peaks: readonly number[]; readonly spanMs: number },
  horizonMs: number,
  stakes: Stakes,
): OutlookMemory {
  const idle: number[] = []
  const held = outlook.costs.map((_, index) => {
    const asked = size(seen.peaks[Math.floor(index / SPARES.length)]! * SPARES[index % SPARES.length]!, stakes)
    const before = outlook.held[index] ?? asked
    const extra = before - asked
    idle[index] = extra <= 0 ? 0 : (outlook.idle[index] ?? 0) + extra * extra * seen.spanMs
    if (extra <= 0) return asked
    if (idle[index]! < stakes.idleMs) return before
    idle[index] = 0
    return asked
  })
  const pending = [...outlook.pending, { at: seen.at, held }]
  // The newest that is a boot time old: what was ordered then serves now, unless it has left since.
  let due = -1
  while (due + 1 < pending.length && seen.at - pending[due + 1]!.at >= horizonMs) due++
  if (due < 0) return { ...outlook, held, idle, pending }
  const then = pending[due]!.held
  const hours = seen.spanMs / 3_600_000
  const fade = 0.5 ** (seen.spanMs / HALF_LIFE_MS)
  let best = -1
  let least = Infinity
  const costs = outlook.costs.map((cost, index) => {
    const serving = Math.min(then[index]!, held[index]!)
    const slow = seen.demand > serving * stakes.brim && serving < stakes.max ? stakes.slowMinute * 60 * hours : 0
    const total = Math.round((cost * fade + held[index]! * hours + slow) * 1e4) / 1e4
    const standing = index === outlook.chosen ? total - LOYALTY : total
    if (standing < least) {
      least = standing
      best = index
    }
    return total
  })
  return { costs, held, idle, chosen: best, pending: pending.slice(due + 1) }
}

function size(demand: number, stakes: Stakes): number {
  return Math.min(stakes.max, Math.max(stakes.min, Math.ceil(demand / stakes.ceiling - 1e-6)))
}
