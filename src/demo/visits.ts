import type { Stretch } from './figures.ts'
import { quantile, type Second, type Visit } from './traffic/tally.ts'

/** Every visit to the demo's site, as its visitor saw it. */
export interface Visits {
  add(second: Second): void
  /** The last second that was counted; null: none yet. */
  last(): Second | null
  /** Those who came after `from` and not after `to` (epoch ms), all of them: who gave up has waited until then. */
  stretch(from: number, to: number): Stretch
  /** How many of those who came after `from` failed. */
  failed(from: number): number
  /** 95th percentile of the waits that ended in the last `ms`; null: none did. */
  lately(ms: number): number | null
  /** Whether each of the last `count` seconds was answered within `ms` and without a failure. */
  quick(count: number, ms: number): boolean
}

/** More than this is history: twenty minutes of a crowd. */
const MOST = 60_000

export function createVisits(): Visits {
  let visits: Visit[] = []
  let seconds: Second[] = []
  const waits = (from: number, to: number): readonly number[] =>
    visits.filter(({ at }) => at > from && at <= to).map(({ ms }) => ms)
  return {
    add(second) {
      visits.push(...second.visits)
      seconds.push(second)
      if (visits.length > 2 * MOST) visits = visits.slice(-MOST)
      if (seconds.length > 1200) seconds = seconds.slice(-600)
    },
    last: () => seconds.at(-1) ?? null,
    stretch(from, to) {
      const answered = visits.filter(({ at, ms, failed }) => !failed && at + ms > from && at + ms <= to).length
      const spanMs = Math.max(1000, to - from)
      return {
        rps: Math.round((answered / spanMs) * 10_000) / 10,
        p95Ms: quantile(waits(from, to), 0.95) ?? 0,
      }
    },
    failed: (from) => visits.filter(({ at, failed }) => failed && at > from).length,
    lately(ms) {
      const end = seconds.at(-1)?.at ?? 0
      const ended = visits.slice(-MOST).filter((visit) => visit.at + visit.ms > end - ms)
      return quantile(
        ended.map((visit) => visit.ms),
        0.95,
      )
    },
    quick: (count, ms) =>
      seconds.length >= count &&
      seconds.slice(-count).every(({ p95Ms, failed }) => p95Ms !== null && p95Ms <= ms && failed === 0),
  }
}
