import type { Effect, Next, Operation, OperationEvent, ScaleInStep } from '../model/operation.ts'
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
import { duration } from '../model/words.ts'
import { arrive, start } from './arrival.ts'

/** drain → idle → detach → destroy. Never turns back and never gives up: a draining member must end gone. */
export function nextScaleIn(context: StepContext, event: OperationEvent): Next {
  const { operation } = context
  const effect = effectOf(context)
  if (event.kind === 'resumed') return go(operation, effect)
  if (event.kind === 'error') return retry(context, effect)
  if (event.kind === 'kept') return fail(context, event.reason)
  switch (operation.step) {
    case 'drain':
      return begin(context, 'idle')
    case 'idle':
      return awaitIdle(context, event, effect) ?? begin(context, 'detach', emptied(context))
    case 'detach':
      // It has visitors again.
      return begin(context, event.kind === 'balancer' ? 'drain' : 'destroy')
    default:
      if (event.kind === 'balancer') return begin(context, 'drain')
      return event.kind === 'droplet' ? again(context, effect) : finish(context)
  }
}

function begin(context: StepContext, step: ScaleInStep, changes: Partial<Operation> = {}): Next {
  const operation = advance(context, step, changes)
  return go(operation, effectOf({ ...context, operation }))
}

function effectOf(context: StepContext): Effect {
  const { step, url, dropletId } = context.operation
  if (url !== null) {
    if (step === 'drain') return { kind: 'drainBalancer', url }
    if (step === 'idle') return { kind: 'inspectBalancer', url }
    if (step === 'detach') return { kind: 'removeFromBalancer', url }
  }
  return { kind: 'destroyDroplet', dropletId }
}

/**
 * boot → report → health → join → serve, of a droplet that is there already: a stranger that the team takes in, or the
 * origin coming back. When it cannot, it is taken off the balancer; the droplet itself is never touched.
 */
export function nextAdopt(context: StepContext, event: OperationEvent): Next {
  const { operation, timing } = context
  const { dropletId, url } = operation
  if (operation.step === 'undoBalancer' && url !== null) {
    if (event.kind === 'ok') return fail(context, operation.failure ?? 'failed')
    const effect: Effect = { kind: 'removeFromBalancer', url }
    return event.kind === 'error' ? retry(context, effect) : go(operation, effect)
  }
  if (operation.step !== 'boot') return arrive(context, event, leave)
  if (dropletId === null) return fail(context, 'it has no droplet')
  const look: Effect = { kind: 'inspectDroplet', dropletId }
  switch (event.kind) {
    case 'error':
      return mayRetry(context, event.retryable) ? retry(context, look) : fail(context, event.message)
    case 'droplet': {
      if (event.status === 'gone') return fail(context, 'the droplet is gone')
      if (event.status === 'off') return fail(context, 'the droplet is switched off')
      if (event.status === 'active' && event.url !== null) return start(context, 'report', event.url)
      if (overdue(context, timing.bootMs)) return fail(context, `did not boot within ${duration(timing.bootMs)}`)
      return again(context, look)
    }
    default:
      return go(operation, look)
  }
}

function leave(context: StepContext, reason: string): Next {
  const { step, url } = context.operation
  // A silent agent keeps no healthy site off the balancer; there is an alarm for it.
  if (step === 'report') return start(context, 'health')
  if (url === null || (step !== 'join' && step !== 'serve')) return fail(context, reason)
  const operation = { ...advance(context, 'undoBalancer', { failure: reason }), done: context.operation.done }
  return go(operation, { kind: 'removeFromBalancer', url })
}
