import type { Effect, Next, OperationEvent } from '../model/operation.ts'
import { duration } from '../model/words.ts'
import { arrive, start } from './arrival.ts'
import { advance, again, fail, go, mayRetry, overdue, retry, type StepContext } from './step.ts'

/** A tenth of the time it may take to boot: half a minute. */
const UNKNOWN_SHARE = 0.1

/** create → boot → report → health → join → serve; on failure out of the balancer, then the droplet away. */
export function nextScaleOut(context: StepContext, event: OperationEvent): Next {
  const { operation, timing } = context
  switch (operation.step) {
    case 'create': {
      if (event.kind === 'created') {
        const after = advance(context, 'boot', { dropletId: event.dropletId })
        return go(after, { kind: 'inspectDroplet', dropletId: event.dropletId })
      }
      if (event.kind === 'error') {
        // The answer may be lost while the droplet is there, so even giving up goes by way of taking it away.
        return mayRetry(context, event.retryable)
          ? retry(context, { kind: 'createDroplet' })
          : undo(context, event.message)
      }
      return go(operation, { kind: 'createDroplet' })
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
    case 'undoBalancer':
    case 'undoDroplet':
      return undoing(context, event)
    default:
      return arrive(context, event, undo)
  }
}

function undo(context: StepContext, reason: string): Next {
  const { url, dropletId } = context.operation
  const step = url === null ? 'undoDroplet' : 'undoBalancer'
  const operation = { ...advance(context, step, { failure: reason }), done: context.operation.done }
  return go(operation, url === null ? { kind: 'destroyDroplet', dropletId } : { kind: 'removeFromBalancer', url })
}

/** Undoing never gives up: a droplet left behind costs money for ever. */
function undoing(context: StepContext, event: OperationEvent): Next {
  const { operation } = context
  const { url, dropletId } = operation
  const effect: Effect =
    operation.step === 'undoBalancer' && url !== null
      ? { kind: 'removeFromBalancer', url }
      : { kind: 'destroyDroplet', dropletId }
  if (event.kind === 'resumed') return go(operation, effect)
  if (event.kind === 'error') return retry(context, effect)
  if (operation.step === 'undoBalancer') {
    return go(advance(context, 'undoDroplet'), { kind: 'destroyDroplet', dropletId })
  }
  const failure = operation.failure ?? 'failed'
  return fail(context, event.kind === 'kept' ? `${failure}; ${event.reason}` : failure)
}
