import type { Operation } from '../model/operation.ts'
import type { Timing } from './timing.ts'

/** Whether an operation may have made a droplet that no list shows yet: until then it makes no other. */
export function maybeMade(
  { unansweredAt }: Pick<Operation, 'unansweredAt'>,
  { now, timing }: { readonly now: number; readonly timing: Timing },
): boolean {
  return unansweredAt !== undefined && now - unansweredAt < timing.lagMs
}
