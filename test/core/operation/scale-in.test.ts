import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Effect, OperationEvent } from '../../../src/core/model/operation.ts'
import { next, phaseOf } from '../../../src/core/operation/next.ts'
import { DEFAULT_TIMING } from '../../../src/core/operation/timing.ts'
import { URL, order, answer, runAll } from './machine.ts'

describe('scale in', () => {
  const start = order('scaleIn', { dropletId: 'd2', url: URL })

  it('drains, waits for the last request, takes it off, deletes it', () => {
    const busy = (effect: Effect, count: number): OperationEvent =>
      effect.kind === 'inspectBalancer'
        ? { kind: 'balancer', state: 'draining', inFlight: Math.max(0, 3 - count) }
        : answer(effect)
    const { operation, effects } = runAll(start, busy)
    assert.deepEqual(effects, [
      'drainBalancer',
      'inspectBalancer',
      'inspectBalancer',
      'inspectBalancer',
      'removeFromBalancer',
      'destroyDroplet',
    ])
    assert.equal(operation.state.kind, 'done')
    assert.equal(phaseOf(operation), null)
  })

  it('begins again with what has visitors once more, and not with what was cut short', () => {
    const visited: OperationEvent = { kind: 'balancer', state: 'healthy', inFlight: 2 }
    for (const step of ['detach', 'destroy'] as const) {
      const after = next({ ...start, step, emptied: true }, visited, 0)
      assert.deepEqual([after.operation.step, after.effect.kind], ['drain', 'drainBalancer'])
    }
    const idle: OperationEvent = { kind: 'balancer', state: 'draining', inFlight: 0 }
    assert.equal(next({ ...start, step: 'idle' }, idle, 0).operation.emptied, true)
    const endless: OperationEvent = { ...visited, state: 'draining' }
    const cut = next({ ...start, step: 'idle' }, endless, DEFAULT_TIMING.idleMs + 1).operation
    assert.deepEqual([cut.step, cut.emptied], ['detach', false])
  })

  it('drains again what its balancer has taken back, forgetful after a restart', () => {
    const forgetful = (effect: Effect, count: number): OperationEvent => {
      if (effect.kind !== 'inspectBalancer') return answer(effect)
      return { kind: 'balancer', state: drains < 2 ? 'unhealthy' : 'draining', inFlight: count < 4 ? 1 : 0 }
    }
    let drains = 0
    const { operation, effects } = runAll(start, (effect, count) => {
      if (effect.kind === 'drainBalancer') drains = count
      return forgetful(effect, count)
    })
    assert.deepEqual(effects, [
      'drainBalancer',
      'inspectBalancer',
      'drainBalancer',
      'inspectBalancer',
      'inspectBalancer',
      'inspectBalancer',
      'removeFromBalancer',
      'destroyDroplet',
    ])
    assert.equal(operation.state.kind, 'done')
  })

  it('deletes nothing while the balancer cannot be asked', () => {
    const away = (effect: Effect, count: number): OperationEvent =>
      effect.kind === 'inspectBalancer' && count < 30
        ? { kind: 'error', message: 'refused', retryable: true }
        : answer(effect)
    const { effects } = runAll(start, away)
    assert.equal(effects.indexOf('destroyDroplet'), effects.length - 1)
    assert.equal(effects.filter((kind) => kind === 'inspectBalancer').length, 30)
  })

  it('does not wait for ever for a request that never ends', () => {
    const endless = (effect: Effect): OperationEvent =>
      effect.kind === 'inspectBalancer' ? { kind: 'balancer', state: 'draining', inFlight: 1 } : answer(effect)
    assert.equal(runAll(start, endless).operation.state.kind, 'done')
  })

  it('ends the same after a crash at any point', () => {
    for (let at = 0; at < 4; at++) {
      assert.equal(runAll(start, answer, (index) => index === at).operation.state.kind, 'done')
    }
  })
})
