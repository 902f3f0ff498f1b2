/** What visitors see of the whole front. */
export interface FrontState {
  /** Answered requests a second over the last few seconds. */
  readonly rps: number
  /** 95th percentile from arrival to the start of the answer, waiting included, over the last few seconds; null: idle. */
  readonly firstByteP95Ms: number | null
  /** Requests that got an error of the balancer's own, since its process started. */
  readonly failed: number
  readonly inFlight: number
  /** Requests held because no member can take them. */
  readonly queued: number
}
