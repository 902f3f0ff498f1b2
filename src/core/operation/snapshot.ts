import type { Effect, Next, OperationEvent, SnapshotStep } from '../model/operation.ts'
import { duration } from '../model/words.ts'
import { arrive, start } from './arrival.ts'
import { advance, again, fail, go, mayRetry, overdue, retry, type StepContext } from './step.ts'

/** shutdown → off → copy → start → on → report → health → join → serve. Power comes back whatever fails. */
export function nextSnapshot(context: StepContext, event: OperationEvent): Next {
  const { operation, timing } = context
  const effect = effectOf(context)
  if (effect === null) return arrive(context, event, fail)
  if (event.kind === 'resumed') return go(operation, effect)
  switch (operation.step) {
    case 'shutdown': {
      if (event.kind !== 'error') return begin(context, 'off')
      return mayRetry(context, event.retryable) ? retry(context, effect) : restore(context, event.message)
    }
    case 'off': {
      if (event.kind === 'droplet' && event.status === 'off') return begin(context, 'copy')
      if (event.kind === 'error' && !mayRetry(context, event.retryable)) return restore(context, event.message)
      if (overdue(context, timing.bootMs))
        return restore(context, `did not shut down within ${duration(timing.bootMs)}`)
      return event.kind === 'error' ? retry(context, effect) : again(context, effect)
    }
    case 'copy': {
      if (event.kind === 'snapshotted') {
        const told = { snapshotId: event.snapshotId, progress: event.progress }
        if (event.complete) return begin({ ...context, operation: { ...operation, ...told } }, 'start')
        if (overdue(context, timing.snapshotMs)) {
          return restore(context, `the snapshot was not complete after ${duration(timing.snapshotMs)}`)
        }
        return again(context, effect, told)
      }
      if (event.kind === 'error' && !mayRetry(context, event.retryable)) return restore(context, event.message)
      return retry(context, effect)
    }
    case 'start':
      // The team's site is down here: this step alone never gives up.
      return event.kind === 'error' ? retry(context, effect) : begin(context, 'on')
    default: {
      if (event.kind === 'droplet' && event.status === 'active' && event.url !== null) {
        return start(context, 'report', event.url)
      }
      if (event.kind === 'error') return retry(context, effect)
      // Switched off again meanwhile (by hand, or the request was lost): ask for power once more.
      if (event.kind === 'droplet' && event.status === 'off' && overdue(context, timing.pollMs * 4)) {
        return begin(context, 'start')
      }
      return again(context, effect)
    }
  }
}

function restore(context: StepContext, reason: string): Next {
  const failed = { ...context.operation, failure: `snapshot failed: ${reason}`, snapshotId: null }
  return begin({ ...context, operation: failed }, 'start')
}

function begin(context: StepContext, step: SnapshotStep): Next {
  const operation = advance(context, step)
  const effect = effectOf({ ...context, operation })
  return effect === null ? fail(context, 'the origin has no droplet') : go(operation, effect)
}

function effectOf(context: StepContext): Effect | null {
  const { step, dropletId } = context.operation
  if (dropletId === null) return null
  if (step === 'shutdown') return { kind: 'powerOff', dropletId }
  if (step === 'off' || step === 'on') return { kind: 'inspectDroplet', dropletId }
  if (step === 'copy') return { kind: 'takeSnapshot', dropletId }
  if (step === 'start') return { kind: 'powerOn', dropletId }
  return null
}
