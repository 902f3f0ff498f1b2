/** How often each member may report: `burst` at once, then `perSecond`. */
export interface Rate {
  /** null: go ahead; otherwise how long to wait, ms. `now`: a clock that nobody sets, ms. */
  take(member: string, now: number): number | null
}

/** Entries this idle are like new, so forgetting them changes nothing. */
const SWEEP_AT = 1_000

/** A token bucket per member, in this process only: it guards this process. */
export function createRate(limits: { readonly burst: number; readonly perSecond: number }): Rate {
  const stepMs = 1_000 / limits.perSecond
  const slackMs = limits.burst * stepMs
  /** When the member's bucket is full again. */
  const fullAt = new Map<string, number>()
  return {
    take(member, now) {
      if (fullAt.size > SWEEP_AT) for (const [name, at] of fullAt) if (at <= now) fullAt.delete(name)
      const next = Math.max(fullAt.get(member) ?? 0, now) + stepMs
      if (next - now > slackMs) return next - now - slackMs
      fullAt.set(member, next)
      return null
    },
  }
}
