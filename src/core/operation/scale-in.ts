import type { Effect, Next, Operation, OperationEvent, ScaleInStep } from '../model/operation.ts'
import { advance, again, awaitIdle, emptied, fail, finish, go, retry, type StepContext } from './step.ts'

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
