import type { StatusView } from './view.ts'

/** What the console's live strip shows, about once a second. */
export interface Live {
  readonly at: number
  readonly status: StatusView
  /** Answered requests a second over the whole pool; null where the balancer cannot tell. */
  readonly rps: number | null
  readonly p95Ms: number | null
  readonly inFlight: number
}
