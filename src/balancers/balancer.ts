import type { BackendState, Figures } from '../core/model/backend.ts'

export type { BackendState, Figures }

/** The figures of a balancer that tells none. */
export const NO_FIGURES: Figures = {
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
  /** The balancer has it, or not any more, or not yet because it is not healthy. */
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
