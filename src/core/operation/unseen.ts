import type { Operation } from '../model/operation.ts'
import type { Timing } from './timing.ts'

/** How many droplets an operation may have made that no list shows yet. */
export function unseen(
  { unsure = [] }: Pick<Operation, 'unsure'>,
  { now, timing }: { readonly now: number; readonly timing: Timing },
): number {
  // A clock that was set back says nothing of how long ago it was.
  return unsure.filter((at) => Math.abs(now - at) < timing.lagMs).length
}
