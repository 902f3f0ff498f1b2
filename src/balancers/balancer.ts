/** A member as the balancer sees it. */
export interface BackendState {
  readonly url: string
  readonly state: 'healthy' | 'unhealthy' | 'draining'
  /** Requests being served right now. */
  readonly inFlight: number
  /** Answered requests a second over the last few seconds; null where the balancer cannot tell. */
  readonly rps: number | null
  /** 95th percentile response time over the last few seconds, ms; null where unknown or idle. */
  readonly p95Ms: number | null
  /** Failed requests (no answer from any member, or 502/503/504 of our making) since it was added. */
  readonly failed: number
}

/**
 * What stands before a pool. Members are known by their base URL. Every call is idempotent, has its own deadline and
 * throws `SpinupError` `balancerFailed` when the balancer cannot be reached or refuses.
 */
export interface Balancer {
  readonly kind: string
  /** Takes a member in; it gets traffic once its own health check passes. Adding a draining member takes it back. */
  add(url: string): Promise<void>
  /** No new requests; those in flight go on. */
  drain(url: string): Promise<void>
  /** Out; requests still in flight on it are let finish, not cut. Unknown is fine. */
  remove(url: string): Promise<void>
  list(): Promise<readonly BackendState[]>
  /** Tells the load (0 to 1) agents report, by URL; a balancer that cannot weigh ignores it. */
  weigh(loads: Readonly<Record<string, number>>): Promise<void>
}
