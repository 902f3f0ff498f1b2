/** A visit that has ended, well or not. */
export interface Visit {
  /** When it was due, epoch ms. */
  readonly at: number
  /** From then to its last byte, or until it failed. */
  readonly ms: number
  readonly failed: boolean
}

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
  /** Those that ended in it. */
  readonly visits: readonly Visit[]
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
  answer(visit: Omit<Visit, 'failed'>): void
  fail(visit: Omit<Visit, 'failed'>, why: string): void
  /** Ends the present second. */
  second(at: number, rate: number): Second
  waiting(): number
  summary(): Summary
}

export function createTally(): Tally {
  let second = 0
  let now = { offered: 0, visits: [] as Visit[] }
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
    answer({ at, ms }) {
      now.visits.push({ at: Math.round(at), ms: Math.round(ms * 10) / 10, failed: false })
      all.answered += 1
      times.set(Math.round(ms), (times.get(Math.round(ms)) ?? 0) + 1)
    },
    fail({ at, ms }, why) {
      now.visits.push({ at: Math.round(at), ms: Math.round(ms), failed: true })
      all.failed += 1
      failures[why] = (failures[why] ?? 0) + 1
    },
    second(at, rate) {
      const answered = now.visits.filter(({ failed }) => !failed).map(({ ms }) => ms)
      const over: Second = {
        kind: 'second',
        second,
        at,
        rate: Math.round(rate * 10) / 10,
        offered: now.offered,
        answered: answered.length,
        failed: now.visits.length - answered.length,
        waiting: waiting(),
        p50Ms: quantile(answered, 0.5),
        p95Ms: quantile(answered, 0.95),
        visits: now.visits,
      }
      second += 1
      now = { offered: 0, visits: [] }
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

/** That part of the values is not above it; null: there are none. */
export function quantile(values: readonly number[], fraction: number): number | null {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * fraction) - 1] ?? null
}

function percentile(times: ReadonlyMap<number, number>, count: number, fraction: number): number | null {
  let left = Math.ceil(count * fraction)
  for (const [ms, number] of [...times].toSorted(([a], [b]) => a - b)) {
    left -= number
    if (left <= 0) return ms
  }
  return null
}
