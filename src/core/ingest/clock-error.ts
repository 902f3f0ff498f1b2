import { CLOCK_TOLERANCE_MS } from '../model/report.ts'

/** What is taken off the times that each host stamps, since its clock is wrong. */
export interface Clocks {
  /**
   * The error to take out, ms, given how far a host's clock was seen ahead just now (below zero: behind). A report's way
   * here only makes a clock look behind, by less than the tolerance; so an error is taken over whole, and then kept until
   * another is further from it than that: a host's samples stay evenly apart.
   */
  errorOf(member: string, aheadMs: number): number
}

/** With many more hosts than these, those that reported longest ago are measured again. */
const MOST_HOSTS = 10_000

/** In this process only: each bot measures for itself, and two differ by less than the tolerance. */
export function createClocks(): Clocks {
  const errors = new Map<string, number>()
  return {
    errorOf(member, aheadMs) {
      const known = errors.get(member) ?? 0
      if (Math.abs(aheadMs - known) <= CLOCK_TOLERANCE_MS) return known
      errors.delete(member)
      if (Math.abs(aheadMs) <= CLOCK_TOLERANCE_MS) return 0
      errors.set(member, aheadMs)
      const [oldest] = errors.keys()
      if (errors.size > MOST_HOSTS && oldest !== undefined) errors.delete(oldest)
      return aheadMs
    },
  }
}

type Timed = readonly { readonly at: number }[]

/** The newest sample that this process stored of each member. */
export interface Newest {
  /** How many of these are older than that. */
  late(member: string, samples: Timed): number
  stored(member: string, samples: Timed): void
}

export function createNewest(): Newest {
  const known = new Map<string, number>()
  return {
    late: (member, samples) => samples.filter(({ at }) => at < (known.get(member) ?? -Infinity)).length,
    stored(member, samples) {
      const at = samples.reduce((latest, sample) => Math.max(latest, sample.at), known.get(member) ?? -Infinity)
      known.delete(member)
      known.set(member, at)
      const [oldest] = known.keys()
      if (known.size > MOST_HOSTS && oldest !== undefined) known.delete(oldest)
    },
  }
}

/** How often each member may report: `burst` at once, then `perSecond`. */
export interface Rate {
  /** null: go ahead; otherwise how long to wait, ms. `now`: a clock that nobody sets, ms. */
  take(member: string, now: number, count?: number): number | null
  /** The same, and nothing is taken. */
  wait(member: string, now: number): number | null
}

/** From so many on those that are idle are forgotten: they are like new, so it changes nothing. */
const SWEEP_AT = 1_000
/** Of more than these the ones that came first are forgotten: one who has many names may not fill our memory. */
const MOST_NAMES = 20_000

/** A token bucket per member, in this process only: it guards this process. */
export function createRate(limits: { readonly burst: number; readonly perSecond: number }): Rate {
  const stepMs = 1_000 / limits.perSecond
  const slackMs = limits.burst * stepMs
  /** When the member's bucket is full again. */
  const fullAt = new Map<string, number>()
  let sweepAt = SWEEP_AT
  /** Each sweep doubles what has to come before the next, or many names would cost a sweep each. */
  const sweep = (now: number): void => {
    for (const [name, at] of fullAt) if (at <= now) fullAt.delete(name)
    for (const name of fullAt.keys()) {
      if (fullAt.size <= MOST_NAMES / 2) break
      fullAt.delete(name)
    }
    sweepAt = Math.min(MOST_NAMES, Math.max(SWEEP_AT, fullAt.size * 2))
  }
  const waitOf = (member: string, now: number, count = 1): readonly [next: number, waitMs: number | null] => {
    const next = Math.max(fullAt.get(member) ?? 0, now) + count * stepMs
    return [next, next - now > slackMs ? next - now - slackMs : null]
  }
  return {
    take(member, now, count) {
      if (fullAt.size >= sweepAt) sweep(now)
      const [next, waitMs] = waitOf(member, now, count)
      if (waitMs === null) fullAt.set(member, next)
      return waitMs
    },
    wait: (member, now) => waitOf(member, now)[1],
  }
}
