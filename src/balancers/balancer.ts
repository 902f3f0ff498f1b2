/** A member as the balancer sees it. */
export interface BackendState extends Figures {
  readonly url: string
  readonly state: 'healthy' | 'unhealthy' | 'draining'
  /**
   * What it has yet to finish, requests held back for it included: a drain is over at 0. A balancer that cannot tell says
   * 1 until a draining member has had time to end, else 0; see `atMember` for what is known.
   */
  readonly inFlight: number
  /** Failed requests (no answer from any member, or 502/503/504 of our making) since it was added. */
  readonly failed: number
}

/** What a balancer measures of a member's traffic; `null` where it cannot tell, which is never said as 0. */
export interface Figures {
  /** Answered requests a second over the last few seconds. */
  readonly rps: number | null
  /** 95th percentile of whole answers over the last few seconds, ms; null when there were none, too. Streams are not among them. */
  readonly p95Ms: number | null
  /** 95th percentile of the time to first byte over the last few seconds, ms; null when idle, too. */
  readonly firstByteP95Ms: number | null
  /** Requests at the member right now: those that wait and those that stream. */
  readonly atMember: number | null
  /** Of these, requests that are there as a whole and have no first byte of an answer. */
  readonly waiting: number | null
  /** Of these, answers and uploads under way and upgraded connections. */
  readonly streaming: number | null
  /** Requests that the balancer holds back for this very member. */
  readonly queued: number | null
}

/** The figures of a balancer that tells none. */
export const UNTOLD: Figures = {
  rps: null,
  p95Ms: null,
  firstByteP95Ms: null,
  atMember: null,
  waiting: null,
  streaming: null,
  queued: null,
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
  /** Requests that the balancer holds back right now because no member can take them; null: it cannot tell. */
  queued(): Promise<number | null>
  /** What of its set-up keeps members from joining or leaving as they should, as a clause for people; null: nothing. */
  obstacle?(): Promise<string | null>
  /** Tells the load (0 to 1) agents report, by URL; a balancer that cannot weigh ignores it. */
  weigh(loads: Readonly<Record<string, number>>): Promise<void>
}

/** What Spinup itself remembers of a member, for balancers that cannot tell it. */
export interface RecordedMember {
  readonly url: string
  /** Told to the balancer, taken off it again, or not yet told because it is not healthy. */
  readonly state: 'serving' | 'draining' | 'waiting'
  /** Epoch ms of when it came to be so. */
  readonly since: number
}

/** Where such balancers keep their record; it must outlive the bot, or a draining member looks gone after a restart. */
export interface MemberRecord {
  all(): Promise<readonly RecordedMember[]>
  put(member: RecordedMember): Promise<void>
  /** Unknown is fine. */
  forget(url: string): Promise<void>
}
