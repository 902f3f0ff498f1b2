import assert from 'node:assert/strict'
import type { Effect, Operation, OperationEvent, OperationKind } from '../../../src/core/model/operation.ts'
import { SPINUP } from '../../../src/core/model/pool.ts'
import { begin, next } from '../../../src/core/operation/next.ts'
import { DEFAULT_TIMING } from '../../../src/core/operation/timing.ts'

/** Where the clone answers. */
export const URL = 'http://10.0.0.4:80'

/** An operation as it begins. */
export function order(kind: OperationKind, more: Partial<Parameters<typeof begin>[0]> = {}): Operation {
  return begin({ id: 'op', poolId: 'web', kind, memberId: 'web-2', episodeId: 'ep', actor: SPINUP, now: 0, ...more })
}

/** A world in which everything goes well at once. */
export function answer(effect: Effect): OperationEvent {
  switch (effect.kind) {
    case 'createDroplet':
      return { kind: 'created', dropletId: 'd1' }
    case 'inspectDroplet':
      return { kind: 'droplet', status: 'active', url: URL }
    case 'checkSample':
      return { kind: 'sampled', seen: true }
    case 'probe':
      return { kind: 'probed', healthy: true, detail: 'answered 200' }
    case 'inspectBalancer':
      return { kind: 'balancer', state: 'healthy', inFlight: 0 }
    case 'takeSnapshot':
      return { kind: 'snapshotted', snapshotId: 's1', progress: 1, complete: true }
    default:
      return { kind: 'ok' }
  }
}

/** Runs to the end, restarting (`resumed`) before each effect when `crash` says so; gives the effects done. */
export function runAll(
  start: Operation,
  world: (effect: Effect, count: number) => OperationEvent = answer,
  crash: (index: number) => boolean = () => false,
): { readonly operation: Operation; readonly effects: readonly string[] } {
  let operation = start
  let event: OperationEvent = { kind: 'resumed' }
  let now = 0
  const effects: string[] = []
  for (let index = 0; index < 500; index++) {
    const step = next(operation, event, now, DEFAULT_TIMING)
    assert.ok(step.operation.version === operation.version + 1 || step.effect.kind === 'finish')
    operation = step.operation
    if (step.effect.kind === 'finish') return { operation, effects }
    now += step.delayMs + 10
    effects.push(step.effect.kind)
    const told = world(step.effect, effects.filter((kind) => kind === step.effect.kind).length)
    const drained = effects.lastIndexOf('drainBalancer') > effects.lastIndexOf('addToBalancer')
    const heard = told.kind === 'balancer' && told.state === 'healthy' && drained
    const result: OperationEvent = heard ? { ...told, state: 'draining' } : told
    // A crash after the effect, before its outcome was saved: the saved step is all that is left.
    event = crash(index) ? { kind: 'resumed' } : result
  }
  throw new Error(`did not end: ${operation.step}`)
}

/** What a scale out does, in its order. */
export const OUT = ['createDroplet', 'inspectDroplet', 'checkSample', 'probe', 'addToBalancer', 'inspectBalancer']
