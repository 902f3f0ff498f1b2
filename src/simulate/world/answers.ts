import { ANSWERS_S } from './service.ts'

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
