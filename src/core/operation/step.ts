import type { Effect, Next, Operation, OperationEvent, Step } from '../model/operation.ts'
import { retryDelay, type Timing } from './timing.ts'

/** Everything a step's judgement needs in addition to the event. */
export interface StepContext {
  readonly operation: Operation
  readonly now: number
  readonly timing: Timing
}

/** Goes on to `step`, noting when the present one ended. */
export function advance(context: StepContext, step: Step, changes: Partial<Operation> = {}): Operation {
  const { operation, now } = context
  return {
    ...operation,
    ...changes,
    done: { ...operation.done, [operation.step]: now },
    step,
    stepAt: now,
    attempt: 0,
    progress: null,
  }
}

/** Looks again at the same thing after the polling interval. */
export function again(context: StepContext, effect: Effect, changes: Partial<Operation> = {}): Next {
  return { operation: { ...context.operation, attempt: 0, ...changes }, effect, delayMs: context.timing.pollMs }
}

/** Does `effect` at once. */
export function go(operation: Operation, effect: Effect): Next {
  return { operation, effect, delayMs: 0 }
}

/** The step failed but may be tried again: the same effect after a growing wait. */
export function retry(context: StepContext, effect: Effect): Next {
  const attempt = context.operation.attempt + 1
  return { operation: { ...context.operation, attempt }, effect, delayMs: retryDelay(context.timing, attempt) }
}

/** Ends well. */
export function finish(context: StepContext): Next {
  const { operation, now } = context
  return go(
    {
      ...operation,
      done: { ...operation.done, [operation.step]: now },
      state: { kind: 'done', at: now },
      progress: null,
    },
    { kind: 'finish' },
  )
}

/** Ends badly, with the reason in words. */
export function fail(context: StepContext, reason: string): Next {
  const { operation, now } = context
  return go({ ...operation, state: { kind: 'failed', at: now, reason }, failure: reason }, { kind: 'finish' })
}

/** Whether this step has taken longer than it may. */
export function overdue(context: StepContext, limitMs: number): boolean {
  return context.now - context.operation.stepAt > limitMs
}

/** Whether another attempt of this step is allowed. */
export function mayRetry(context: StepContext, retryable: boolean): boolean {
  return retryable && context.operation.attempt < context.timing.attempts
}

/** Whether requests may be cut off: the balancer sends it nobody, and nobody is waiting for an answer. */
export function isIdle(event: Extract<OperationEvent, { kind: 'balancer' }>): boolean {
  return event.state === 'absent' || (event.state === 'draining' && event.inFlight === 0)
}

/** What the end of the wait for its requests leaves: `emptied` unless it was cut short. */
export function emptied(context: StepContext): Pick<Operation, 'emptied'> {
  return { emptied: !overdue(context, context.timing.idleMs) }
}

/**
 * Waits until nothing is in flight on a drained member; null: it may be taken off. A balancer that has forgotten the
 * drain (it was restarted, or somebody took the member back) sends visitors there again, and is sent once more.
 */
export function awaitIdle(context: StepContext, event: OperationEvent, look: Effect): Next | null {
  // A request that never ends (a forgotten socket) may not keep a droplet forever.
  if (overdue(context, context.timing.idleMs)) return null
  if (event.kind !== 'balancer') return again(context, look)
  if (isIdle(event)) return null
  const { url } = context.operation
  return event.state === 'draining' || url === null
    ? again(context, look)
    : again(context, { kind: 'drainBalancer', url })
}
