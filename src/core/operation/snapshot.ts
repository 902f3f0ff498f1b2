import type { Effect, Next, Operation, OperationEvent, SnapshotStep } from '../model/operation.ts'
import { clause, duration } from '../model/words.ts'
import { arrive, start } from './arrival.ts'
import {
  advance,
  again,
  awaitIdle,
  emptied,
  fail,
  finish,
  go,
  mayRetry,
  overdue,
  retry,
  type StepContext,
} from './step.ts'

/** While power does not come back, every so many attempts it is looked whether the droplet is there at all. */
const LOOK_EVERY = 5
const DELETED = 'the droplet was deleted meanwhile'

/**
 * Graceful: (drain → idle → detach →) shutdown → off → copy → start → on → report → health → join → serve. Power comes
 * back whatever fails, and so does its place at the balancer. Live: copy alone.
 */
export function nextSnapshot(context: StepContext, event: OperationEvent): Next {
  const { operation, timing } = context
  const effect = effectOf(context)
  if (effect === null) return arrive(context, event, comeBack)
  if (event.kind === 'resumed') return go(operation, effect)
  if (event.kind === 'droplet' && event.status === 'gone') return fail(context, DELETED)
  switch (operation.step) {
    case 'drain':
    case 'detach':
    case 'shutdown': {
      // It has visitors again.
      if (event.kind === 'balancer') return begin(context, 'drain')
      if (event.kind !== 'error') return begin(context, AFTER[operation.step])
      return mayRetry(context, event.retryable) ? retry(context, effect) : restore(context, event.message)
    }
    case 'idle': {
      if (event.kind === 'error') {
        return mayRetry(context, event.retryable) ? retry(context, effect) : restore(context, event.message)
      }
      return (
        (operation.url === null ? null : awaitIdle(context, event, effect)) ??
        begin(context, 'detach', emptied(context))
      )
    }
    case 'off': {
      if (event.kind === 'droplet' && event.status === 'off') return begin(context, 'copy')
      if (event.kind === 'error' && !mayRetry(context, event.retryable)) return restore(context, event.message)
      if (overdue(context, timing.bootMs))
        return restore(context, `did not shut down within ${duration(timing.bootMs)}`)
      return event.kind === 'error' ? retry(context, effect) : again(context, effect)
    }
    case 'copy':
      return copying(context, event, effect)
    case 'start':
      return starting(context, event, effect)
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

const AFTER = { drain: 'idle', detach: 'shutdown', shutdown: 'off' } as const

function copying(context: StepContext, event: OperationEvent, effect: Effect): Next {
  const { operation, timing } = context
  if (event.kind === 'snapshotted') {
    const taken = { snapshotId: event.snapshotId, progress: event.progress }
    if (event.complete) {
      const copied = { ...context, operation: { ...operation, ...taken } }
      return operation.live === true ? finish(copied) : begin(copied, 'start')
    }
    if (overdue(context, timing.snapshotMs)) {
      return restore(context, `the snapshot was not complete after ${duration(timing.snapshotMs)}`)
    }
    return again(context, effect, taken)
  }
  if (event.kind === 'error' && !mayRetry(context, event.retryable)) return restore(context, event.message)
  return retry(context, effect)
}

/** The team's site is down here: this step alone never gives up, unless there is nothing left to switch on. */
function starting(context: StepContext, event: OperationEvent, effect: Effect): Next {
  const { operation } = context
  if (event.kind === 'droplet') return event.status === 'active' ? begin(context, 'on') : go(operation, effect)
  if (event.kind !== 'error') return begin(context, 'on')
  const { attempt, dropletId } = operation
  const look = dropletId !== null && attempt % LOOK_EVERY === LOOK_EVERY - 1
  return retry(context, look ? { kind: 'inspectDroplet', dropletId } : effect)
}

/** Back at work whatever failed; while it was live, it never left. */
function restore(context: StepContext, reason: string): Next {
  const failure = `snapshot failed: ${reason}`
  if (context.operation.live === true) return fail(context, failure)
  return begin({ ...context, operation: { ...context.operation, failure, snapshotId: null } }, 'start')
}

/** A silent agent keeps no healthy site off the balancer; there is an alarm for it. */
function comeBack(context: StepContext, reason: string): Next {
  const { step, failure } = context.operation
  if (step === 'report') return start(context, 'health')
  const away = `back on, but not in service: ${reason}`
  return fail(context, failure === null ? away : `${clause(failure)}; ${away}`)
}

function begin(context: StepContext, step: SnapshotStep, changes: Partial<Operation> = {}): Next {
  const operation = advance(context, step, changes)
  const effect = effectOf({ ...context, operation })
  return effect === null ? fail(context, 'the origin has no droplet') : go(operation, effect)
}

function effectOf(context: StepContext): Effect | null {
  const { step, dropletId, url } = context.operation
  if (dropletId === null) return null
  if (step === 'drain') return url === null ? { kind: 'inspectDroplet', dropletId } : { kind: 'drainBalancer', url }
  if (step === 'idle') return url === null ? { kind: 'inspectDroplet', dropletId } : { kind: 'inspectBalancer', url }
  if (step === 'detach')
    return url === null ? { kind: 'inspectDroplet', dropletId } : { kind: 'removeFromBalancer', url }
  if (step === 'shutdown') return { kind: 'powerOff', dropletId }
  if (step === 'off' || step === 'on') return { kind: 'inspectDroplet', dropletId }
  if (step === 'copy') return { kind: 'takeSnapshot', dropletId }
  if (step === 'start') return { kind: 'powerOn', dropletId }
  return null
}
