import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Effect, Operation, OperationEvent } from '../../../src/core/model/operation.ts'
import { next, phaseOf } from '../../../src/core/operation/next.ts'
import { DEFAULT_TIMING } from '../../../src/core/operation/timing.ts'
import { URL, order, answer, runAll, OUT } from './machine.ts'

describe('scale out', () => {
  it('creates, boots, hears, probes, hooks on and waits until the balancer serves it', () => {
    const { operation, effects } = runAll(order('scaleOut'))
    assert.deepEqual(effects, OUT)
    assert.equal(operation.state.kind, 'done')
    assert.equal(phaseOf(operation), 'inService')
    assert.equal(operation.dropletId, 'd1')
    assert.equal(operation.url, URL)
    assert.deepEqual(Object.keys(operation.done), ['create', 'boot', 'report', 'health', 'join', 'serve'])
  })

  it('does the same step again after a crash at any point, and ends the same', () => {
    for (let at = 0; at < OUT.length; at++) {
      const { operation, effects } = runAll(order('scaleOut'), answer, (index) => index === at)
      assert.equal(operation.state.kind, 'done')
      assert.deepEqual(effects, [...OUT.slice(0, at + 1), ...OUT.slice(at)])
    }
  })

  it('tries a step that failed again, up to a number of times', () => {
    const flaky = (effect: Effect, count: number): OperationEvent =>
      effect.kind === 'createDroplet' && count <= 3
        ? { kind: 'error', message: '503', retryable: true }
        : answer(effect)
    assert.equal(runAll(order('scaleOut'), flaky).operation.state.kind, 'done')
  })

  it('takes everything back when a step cannot succeed: drained, out of the balancer, then the droplet away', () => {
    let busy = 3
    const sick = (effect: Effect): OperationEvent => {
      if (effect.kind === 'drainBalancer') drained = true
      if (effect.kind !== 'inspectBalancer') return answer(effect)
      // It comes to serve somebody just as it is given up.
      return drained
        ? { kind: 'balancer', state: 'draining', inFlight: (busy -= 1) }
        : { kind: 'balancer', state: 'unhealthy', inFlight: 0 }
    }
    let drained = false
    const { operation, effects } = runAll(order('scaleOut'), sick)
    assert.deepEqual(effects.slice(-6), [
      'drainBalancer',
      'inspectBalancer',
      'inspectBalancer',
      'inspectBalancer',
      'removeFromBalancer',
      'destroyDroplet',
    ])
    assert.deepEqual(Object.keys(operation.done), ['create', 'boot', 'report', 'health', 'join'])
    assert.equal(operation.state.kind, 'failed')
    assert.match(operation.failure ?? '', /did not find it healthy within 2 min/)
    assert.equal(phaseOf(operation), null)
  })

  it('looks for the droplet to delete even when create never answered', () => {
    const lost = (effect: Effect): OperationEvent =>
      effect.kind === 'createDroplet' ? { kind: 'error', message: 'no answer', retryable: true } : answer(effect)
    const { operation, effects } = runAll(order('scaleOut'), lost)
    assert.equal(effects.at(-1), 'destroyDroplet')
    assert.equal(operation.state.kind, 'failed')
  })

  it('orders no other for as long as one may have been made that no list shows yet', () => {
    const { lagMs, pollMs } = DEFAULT_TIMING
    let step = next(order('scaleOut'), { kind: 'resumed' }, 0)
    assert.equal(step.operation.unansweredAt, undefined, 'nobody has ordered it before')
    // The answer is lost, or a bot was killed that may have ordered it.
    const again = next(step.operation, { kind: 'resumed' }, 1000)
    assert.equal(again.operation.unansweredAt, 1000)
    step = next(step.operation, { kind: 'error', message: 'no answer', retryable: true }, 1000)
    const { attempt } = step.operation
    const looked: OperationEvent = { kind: 'error', message: 'only looked for', retryable: false, later: true }
    for (let now = 2000; now < 1000 + lagMs; now += pollMs) {
      step = next(step.operation, looked, now)
      assert.deepEqual(
        [step.operation.step, step.effect.kind, step.delayMs, step.operation.attempt],
        ['create', 'createDroplet', pollMs, attempt],
      )
    }
    const over = next(step.operation, looked, 1000 + lagMs)
    assert.deepEqual([over.operation.unansweredAt, over.effect.kind, over.delayMs], [undefined, 'createDroplet', 0])
    const refused = next(over.operation, { ...looked, message: 'sold out' }, 1000 + lagMs)
    assert.deepEqual([refused.operation.step, refused.operation.failure], ['undoDroplet', 'sold out'])
    assert.equal(next(step.operation, { kind: 'created', dropletId: 'd9' }, 5000).operation.step, 'boot')
  })

  it('looks for what it may have made before it is undone', () => {
    const { lagMs } = DEFAULT_TIMING
    const undoing: Operation = { ...order('scaleOut'), step: 'undoDroplet', failure: 'no', unansweredAt: 1000 }
    assert.equal(next(undoing, { kind: 'ok' }, 5000).operation.state.kind, 'running')
    assert.equal(next(undoing, { kind: 'ok' }, 1000 + lagMs).operation.state.kind, 'failed')
    assert.equal(next({ ...undoing, dropletId: 'd1' }, { kind: 'ok' }, 5000).operation.state.kind, 'failed')
    const there = next({ ...undoing, dropletId: 'd1' }, { kind: 'droplet', status: 'active', url: null }, 5000)
    assert.equal(there.operation.state.kind, 'running', 'it is paid for until it is gone')
  })

  it('tells a wait from what is wrong for good', () => {
    const refused = (later: boolean): Operation =>
      next(order('scaleOut'), { kind: 'error', message: 'no', retryable: false, later }, 0).operation
    assert.equal(refused(true).forGood, undefined)
    assert.equal(refused(false).forGood, true)
  })

  it('does not retry what cannot be retried', () => {
    const refused = (effect: Effect): OperationEvent =>
      effect.kind === 'createDroplet' ? { kind: 'error', message: 'no such image', retryable: false } : answer(effect)
    const { operation, effects } = runAll(order('scaleOut'), refused)
    assert.deepEqual(effects, ['createDroplet', 'destroyDroplet'])
    assert.equal(operation.failure, 'no such image')
  })

  it('never gives up undoing', () => {
    const stubborn = (effect: Effect, count: number): OperationEvent => {
      if (effect.kind === 'createDroplet') return { kind: 'error', message: 'no', retryable: false }
      return count < 40 ? { kind: 'error', message: '500', retryable: false } : { kind: 'ok' }
    }
    const { effects } = runAll(order('scaleOut'), stubborn)
    assert.equal(effects.filter((kind) => kind === 'destroyDroplet').length, 40)
  })

  it('gives the agent a moment when the bot was away for long while it waited', () => {
    const { reportMs } = DEFAULT_TIMING
    const waiting: Operation = { ...order('scaleOut', { dropletId: 'd1', url: URL }), step: 'report', stepAt: 0 }
    let at = reportMs * 4
    let told = next(waiting, { kind: 'resumed' }, at, DEFAULT_TIMING)
    for (; at < reportMs * 4.5; at += 5000) {
      assert.equal(told.operation.step, 'report')
      told = next(told.operation, { kind: 'sampled', seen: false }, at, DEFAULT_TIMING)
    }
    assert.equal(next(told.operation, { kind: 'sampled', seen: true }, at, DEFAULT_TIMING).operation.step, 'health')
    const silent = next(told.operation, { kind: 'sampled', seen: false }, at + 5000, DEFAULT_TIMING)
    assert.match(silent.operation.failure ?? '', /no sample from its agent/)
  })

  it('gives up a clone that boots but never reports, or vanishes', () => {
    const mute = (effect: Effect): OperationEvent =>
      effect.kind === 'checkSample' ? { kind: 'sampled', seen: false } : answer(effect)
    assert.match(runAll(order('scaleOut'), mute).operation.failure ?? '', /no sample from its agent within 3 min/)
    const gone = (effect: Effect): OperationEvent =>
      effect.kind === 'inspectDroplet' ? { kind: 'droplet', status: 'gone', url: null } : answer(effect)
    assert.match(runAll(order('scaleOut'), gone).operation.failure ?? '', /deleted while it booted/)
  })
})

describe('a droplet that is not known everywhere yet', () => {
  it('is no deleted one', () => {
    const late = (effect: Effect, count: number): OperationEvent =>
      effect.kind === 'inspectDroplet' && count < 4 ? { kind: 'droplet', status: 'gone', url: null } : answer(effect)
    assert.equal(runAll(order('scaleOut'), late).operation.state.kind, 'done')
  })
})
