/** How patient an operation is; ms. */
export interface Timing {
  /** Between looks at something that takes its time. */
  readonly pollMs: number
  readonly bootMs: number
  readonly reportMs: number
  readonly healthMs: number
  readonly serveMs: number
  /** How long requests in flight on a leaving member are waited for. */
  readonly idleMs: number
  readonly snapshotMs: number
  /** How long a list of droplets may not show one that was made. */
  readonly lagMs: number
  /** Failed attempts of one step before the operation turns back. */
  readonly attempts: number
  readonly retryMs: number
  readonly longestRetryMs: number
}

export const DEFAULT_TIMING: Timing = {
  pollMs: 5000,
  bootMs: 5 * 60_000,
  reportMs: 3 * 60_000,
  healthMs: 2 * 60_000,
  serveMs: 2 * 60_000,
  idleMs: 10 * 60_000,
  snapshotMs: 60 * 60_000,
  lagMs: 20_000,
  attempts: 6,
  retryMs: 1000,
  longestRetryMs: 60_000,
}

/** Every wait but `pollMs` as `share` of what it is. */
export function asPatient(timing: Timing, share: number): Timing {
  return {
    ...timing,
    bootMs: timing.bootMs * share,
    reportMs: timing.reportMs * share,
    healthMs: timing.healthMs * share,
    serveMs: timing.serveMs * share,
    idleMs: timing.idleMs * share,
    snapshotMs: timing.snapshotMs * share,
    lagMs: timing.lagMs * share,
    retryMs: timing.retryMs * share,
    longestRetryMs: timing.longestRetryMs * share,
  }
}

/** Wait before attempt number `attempt` (1: the first retry): doubles each time, up to the longest. */
export function retryDelay(timing: Timing, attempt: number): number {
  return Math.min(timing.retryMs * 2 ** Math.max(0, attempt - 1), timing.longestRetryMs)
}
