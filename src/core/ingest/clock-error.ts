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
