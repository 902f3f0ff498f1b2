import type { Host } from './host.ts'

/** What visitors met in one second. */
export interface Served {
  readonly came: number
  /** Requests answered. */
  readonly served: number
  /** Gave up, met nobody, or were cut off. */
  readonly lost: number
  /** Requests left at the members at its end. */
  readonly waiting: number
  /** The longest that one of those who came waits for a CPU, seconds. */
  readonly waitS: number
  /** More than one in twenty of those who came waits too long for a CPU, or some were not served. */
  readonly overloaded: boolean
}

/** Serves the visitors of a pool, second after second, each member from a queue of its own. */
export interface Service {
  /** `hosts`: those in service and draining; `rate`: requests a second in this one. Fills in what each of them did. */
  serve(t: number, hosts: readonly Host[], rate: number): Served
  /** What its balancer sees of one, over the last seconds: answers a second, and 95 % of them within so many seconds. */
  answers(host: Host, t: number): { readonly rps: number; readonly p95: number | null }
}

/** A second in which more of those who came than this share are slow counts as slow. */
export const SLOW_SHARE = 0.05
/** The balancer's figures are of so many seconds. */
export const ANSWERS_S = 10

/** How long the answers of the last seconds took, in classes; each is booked for the second it is given in. */
export interface AnswerLog {
  /** An answer given in second `second`, `tookS` after the request. */
  add(second: number, tookS: number): void
  /** Second `second` is over. */
  close(second: number): void
  /** Answers in the last seconds. */
  count(): number
  /** 95 % of them took no longer; null: there were none. */
  p95(): number | null
}

/** Seconds ahead for which answers may be booked. */
export const AHEAD_S = 64
const ROWS = AHEAD_S + ANSWERS_S
/** From a millisecond on, eight classes to each doubling, so a class is 9 % wide. */
const LEAST_S = 0.001
const FINENESS = 8
const CLASSES = 17 * FINENESS

export function createAnswerLog(): AnswerLog {
  const rows = new Uint16Array(ROWS * CLASSES)
  const totals = new Uint32Array(CLASSES)
  let count = 0
  return {
    add: (second, tookS) => {
      const place = Math.ceil(Math.log2(tookS / LEAST_S) * FINENESS)
      const row = (second % ROWS) * CLASSES
      rows[row + Math.max(0, Math.min(CLASSES - 1, place))]!++
    },
    close: (second) => {
      const row = (second % ROWS) * CLASSES
      const old = ((second + ROWS - ANSWERS_S) % ROWS) * CLASSES
      for (let index = 0; index < CLASSES; index++) {
        const change = rows[row + index]! - rows[old + index]!
        rows[old + index] = 0
        totals[index]! += change
        count += change
      }
    },
    count: () => count,
    p95: () => {
      if (count === 0) return null
      let left = 0.95 * count
      let index = 0
      while (index < CLASSES - 1 && (left -= totals[index]!) > 0) index++
      return LEAST_S * 2 ** (index / FINENESS)
    },
  }
}
