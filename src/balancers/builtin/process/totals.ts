import type { Member } from './member.ts'
import type { Window } from './window.ts'
import type { Queue } from './queue.ts'
import type { FrontState } from '../front-state.ts'

/** What the whole front did; `failed` since the process started. */
export interface Totals {
  readonly window: Window
  failed: number
}

/** Totals as they are shown. */
export function frontState(totals: Totals, members: Iterable<Member>, queue: Queue): FrontState {
  let inFlight = 0
  for (const member of members) inFlight += member.inFlight
  return {
    rps: totals.window.rps(),
    firstByteP95Ms: totals.window.p95Ms(),
    failed: totals.failed,
    inFlight,
    queued: queue.size(),
  }
}
