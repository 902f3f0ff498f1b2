/** How fast a channel of a platform may be written to: one message each `everyMs` in the long run, `burst` at once. */
export interface Pace {
  readonly everyMs: number
  readonly burst: number
  /** Messages that a card is when it is new: it, and its details below it. */
  readonly newCard: number
}

/** What a channel may still take; times are ms of a clock that nobody sets. */
export interface Allowance {
  /** How long the next message has to wait, ms. */
  waitMs(now: number): number
  /** A card goes out; `fresh`: a new one. */
  spend(now: number, fresh: boolean): void
  /** Whether it is as if nothing had ever been sent. */
  full(now: number): boolean
}

export function createAllowance(pace: Pace | undefined): Allowance {
  if (pace === undefined) return { waitMs: () => 0, spend: () => undefined, full: () => true }
  const { everyMs, burst, newCard } = pace
  // When all that was sent is paid for, at one message each `everyMs`.
  let paidAt = 0
  return {
    waitMs: (now) => Math.max(0, paidAt - (burst - 1) * everyMs - now),
    spend: (now, fresh) => {
      paidAt = Math.max(paidAt, now) + everyMs * (fresh ? newCard : 1)
    },
    full: (now) => paidAt <= now,
  }
}
