/** One second of traffic as the visitors saw it. */
export interface Second {
  readonly kind: 'second'
  /** Which one since the start, from 0. */
  readonly second: number
  /** Its end, epoch ms. */
  readonly at: number
  /** Visits a second that were meant at its end. */
  readonly rate: number
  /** Visits that began; the others ended in this second. */
  readonly offered: number
  readonly answered: number
  /** No answer in time, a broken one, or a 5xx. */
  readonly failed: number
  /** Still without an answer at its end. */
  readonly waiting: number
  /** From the moment the visit was due to its last byte, of the answered ones; null: none. */
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

/** All of a run. */
export interface Summary {
  readonly kind: 'summary'
  readonly offered: number
  readonly answered: number
  readonly failed: number
  /** Left without an answer when it was stopped. */
  readonly unfinished: number
  /** What the failures were. */
  readonly failures: Readonly<Record<string, number>>
  readonly p50Ms: number | null
  readonly p95Ms: number | null
}

/** Counts visits. */
export interface Tally {
  offer(): void
  answer(ms: number): void
  fail(why: string): void
  /** Ends the present second. */
  second(at: number, rate: number): Second
  waiting(): number
  summary(): Summary
}

export function createTally(): Tally {
  let second = 0
  let now = { offered: 0, failed: 0, times: [] as number[] }
  const all = { offered: 0, answered: 0, failed: 0 }
  const failures: Record<string, number> = {}
  /** Answers by whole ms, so that a long run needs no more memory than a short one. */
  const times = new Map<number, number>()
  const waiting = () => all.offered - all.answered - all.failed

  return {
    offer() {
      now.offered += 1
      all.offered += 1
    },
    answer(ms) {
      now.times.push(ms)
      all.answered += 1
      times.set(Math.round(ms), (times.get(Math.round(ms)) ?? 0) + 1)
    },
    fail(why) {
      now.failed += 1
      all.failed += 1
      failures[why] = (failures[why] ?? 0) + 1
    },
    second(at, rate) {
      const sorted = now.times.toSorted((a, b) => a - b)
      const part = (fraction: number) => {
        const ms = sorted[Math.ceil(sorted.length * fraction) - 1]
        return ms === undefined ? null : Math.round(ms * 10) / 10
      }
      const over: Second = {
        kind: 'second',
        second,
        at,
        rate: Math.round(rate * 10) / 10,
        offered: now.offered,
        answered: sorted.length,
        failed: now.failed,
        waiting: waiting(),
        p50Ms: part(0.5),
        p95Ms: part(0.95),
      }
      second += 1
      now = { offered: 0, failed: 0, times: [] }
      return over
    },
    waiting,
    summary: () => ({
      kind: 'summary',
      ...all,
      unfinished: waiting(),
      failures,
      p50Ms: percentile(times, all.answered, 0.5),
      p95Ms: percentile(times, all.answered, 0.95),
    }),
  }
}

function percentile(times: ReadonlyMap<number, number>, count: number, fraction: number): number | null {
  let left = Math.ceil(count * fraction)
  for (const [ms, number] of [...times].toSorted(([a], [b]) => a - b)) {
    left -= number
    if (left <= 0) return ms
  }
  return null
}
