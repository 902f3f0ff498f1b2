import type { Effect, Next, Operation, OperationEvent } from '../model/operation.ts'
import { clause, duration } from '../model/words.ts'
import { arrive, maybeMade, start } from './arrival.ts'
import { advance, again, awaitIdle, emptied, fail, go, mayRetry, overdue, retry, type StepContext } from './step.ts'

/** A tenth of the time it may take to boot: half a minute. */
const UNKNOWN_SHARE = 0.1

/** create → boot → report → health → join → serve; on failure out of the balancer, then the droplet away. */
export function nextScaleOut(context: StepContext, event: OperationEvent): Next {
  const { operation, timing } = context
  switch (operation.step) {
    case 'create': {
      if (event.kind === 'created') {
        const { dropletId, dollarsPerHour, instead } = event
        const after = advance(context, 'boot', {
          dropletId,
          ...(dollarsPerHour == null ? {} : { dollarsPerHour }),
          ...(instead === undefined ? {} : { instead }),
        })
        return go(after, { kind: 'inspectDroplet', dropletId })
      }
      if (event.kind === 'error') {
        // The answer may be lost while the droplet is there, so even giving up goes by way of taking it away.
        const after = event.retryable ? unanswered(context) : context
        if (event.later === true && operation.unansweredAt !== undefined) return lookOut(context)
        return mayRetry(after, event.retryable)
          ? retry(after, { kind: 'createDroplet' })
          : undo(hopeless(after, event), event.message)
      }
      // Saved before: another bot, or this one before it was stopped, may have ordered it.
      return go(operation.version > FRESH ? unanswered(context).operation : operation, { kind: 'createDroplet' })
    }
    case 'boot': {
      const dropletId = operation.dropletId
      if (dropletId === null) return go({ ...operation, step: 'create' }, { kind: 'createDroplet' })
      const look: Effect = { kind: 'inspectDroplet', dropletId }
      if (event.kind === 'error')
        return mayRetry(context, event.retryable) ? retry(context, look) : undo(context, event.message)
      // One that was made a moment ago may not be known everywhere yet.
      if (event.kind === 'droplet' && event.status === 'gone' && overdue(context, timing.bootMs * UNKNOWN_SHARE))
        return undo(context, 'the droplet was deleted while it booted')
      if (event.kind === 'droplet' && event.status === 'active' && event.url !== null) {
        return start(context, 'report', event.url)
      }
      if (overdue(context, timing.bootMs)) return undo(context, `did not boot within ${duration(timing.bootMs)}`)
      return event.kind === 'resumed' ? go(operation, look) : again(context, look)
    }
    case 'drain':
    case 'idle':
    case 'undoBalancer':
    case 'undoDroplet':
      return undoing(context, event)
    default:
      return arrive(context, event, undo)
  }
}

/** The version of an operation that nobody has begun. */
const FRESH = 1

function unanswered(context: StepContext): StepContext {
  return { ...context, operation: { ...context.operation, unansweredAt: context.now } }
}

/** It may be there already: none is ordered until it would be listed, only looked for; then it was not made. */
function lookOut(context: StepContext): Next {
  const { operation, timing } = context
  const effect: Effect = { kind: 'createDroplet' }
  if (maybeMade(operation, context)) return { operation, effect, delayMs: timing.pollMs }
  const { unansweredAt: _, ...known } = operation
  return go(known, effect)
}

function hopeless(context: StepContext, { retryable, later }: Extract<OperationEvent, { kind: 'error' }>): StepContext {
  if (retryable || later === true) return context
  return { ...context, operation: { ...context.operation, forGood: true } }
}

type UndoStep = 'drain' | 'idle' | 'undoBalancer' | 'undoDroplet'

/** One that the balancer knows of may have visitors: though it was found unhealthy, or the answer was lost. */
function undo(context: StepContext, failure: string): Next {
  const { url, step } = context.operation
  if (url === null) return turn(context, 'undoDroplet', { failure })
  return turn(context, step === 'join' || step === 'serve' ? 'drain' : 'undoBalancer', { failure })
}

/** What was done stays what it is: undoing it is not progress. */
function turn(context: StepContext, step: UndoStep, changes: Partial<Operation> = {}): Next {
  const operation = { ...advance(context, step, changes), done: context.operation.done }
  return go(operation, undoEffect(operation))
}

function undoEffect({ step, url, dropletId }: Operation): Effect {
  if (url !== null) {
    if (step === 'drain') return { kind: 'drainBalancer', url }
    if (step === 'idle') return { kind: 'inspectBalancer', url }
    if (step === 'undoBalancer') return { kind: 'removeFromBalancer', url }
  }
  return { kind: 'destroyDroplet', dropletId }
}

/** Undoing never gives up: a droplet left behind costs money forever. */
function undoing(context: StepContext, event: OperationEvent): Next {
  const { operation } = context
  const effect = undoEffect(operation)
  if (event.kind === 'resumed') return go(operation, effect)
  if (event.kind === 'error') return retry(context, effect)
  if (operation.step === 'drain') return turn(context, 'idle')
  if (operation.step === 'idle')
    return awaitIdle(context, event, effect) ?? turn(context, 'undoBalancer', emptied(context))
  // It has visitors again.
  if (event.kind === 'balancer') return turn(context, 'drain')
  if (operation.step === 'undoBalancer') return turn(context, 'undoDroplet')
  // One that may have been made, and was not seen, is looked for until it would have to be listed.
  const late = operation.dropletId === null && maybeMade(operation, context)
  if (event.kind === 'droplet' || late) return again(context, effect)
  const failure = operation.failure ?? 'failed'
  return fail(context, event.kind === 'kept' ? `${clause(failure)}; ${event.reason}` : failure)
}
