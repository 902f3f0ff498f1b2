import type { StatusView } from './view.ts'

/** What the console's live strip shows, about once a second. */
export interface Live {
  readonly at: number
  readonly status: StatusView
  /** Answered requests a second over the whole pool; null where the balancer cannot tell. */
  readonly rps: number | null
  /** 95th percentile of whole answers at the slowest member, ms; null: unknown or idle. */
  readonly p95Ms: number | null
  /** Requests at the members; null where the balancer cannot tell. */
  readonly inFlight: number | null
}
