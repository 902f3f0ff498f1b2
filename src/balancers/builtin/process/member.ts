import type { BackendState } from '../../balancer.ts'
import type { Address } from './address.ts'
import { createWindow, type Window } from './window.ts'

/** A request on its way to a member that has not been answered yet. */
export interface Pending {
  /** Since when the member has had all of it; Infinity while its body is still on the way. */
  readonly since: number
  /** Takes it off this member: to another one if that is safe, else to a clear failure or (stalled) on with waiting. */
  give(up: 'stalled' | 'timeout'): void
}

/** One member and all that is known of it; this process's own state, changed in place. Times are monotonic ms. */
export interface Member {
  readonly address: Address
  draining: boolean
  /** Where it is checked; null: where all are. */
  healthPath: string | null
  /** Passed a health check once, ever: it is a real server, so it may be tried when no member is healthy. */
  proven: boolean
  healthy: boolean
  /** Requests being served, WebSockets among them. */
  inFlight: number
  failed: number
  /** What its agent last reported, 0 to 1. */
  load: { readonly value: number; readonly at: number } | null
  /** Its place in the taking of turns, see `choose`. */
  turn: number
  /** When it last answered anything, a health check included. */
  answeredAt: number
  /** Connections refused or cut in a row, by requests and checks alike. */
  cuts: number
  readonly pending: Set<Pending>
  /** Answers begun, by their time to first byte. */
  readonly begun: Window
  /** Answers ended, by their whole time; see `isWhole`. */
  readonly ended: Window
}

export function createMember(address: Address, now: () => number): Member {
  return {
    address,
    draining: false,
    healthPath: null,
    proven: false,
    healthy: false,
    inFlight: 0,
    failed: 0,
    load: null,
    turn: 0,
    answeredAt: now(),
    cuts: 0,
    pending: new Set(),
    begun: createWindow(now),
    ended: createWindow(now),
  }
}

/** A member as the contract shows it. */
export function stateOf(member: Member): BackendState {
  let waiting = 0
  // One whose body is still on the way waits for its visitor, not for the member.
  for (const { since } of member.pending) if (since !== Infinity) waiting += 1
  return {
    url: member.address.url,
    state: member.draining ? 'draining' : member.healthy ? 'healthy' : 'unhealthy',
    inFlight: member.inFlight,
    failed: member.failed,
    rps: member.begun.rps(),
    p95Ms: member.ended.p95Ms(),
    firstByteP95Ms: member.begun.p95Ms(),
    atMember: member.inFlight,
    waiting,
    streaming: member.inFlight - waiting,
    // What has to wait here waits for whichever member is available first.
    queued: 0,
  }
}
