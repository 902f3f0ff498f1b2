import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Effect, OperationEvent } from '../../../src/core/model/operation.ts'
import { next, phaseOf } from '../../../src/core/operation/next.ts'
import { order, answer, runAll, OUT } from './machine.ts'

describe('adopting', () => {
  const start = order('adopt', { dropletId: 'd9' })

  it('waits until it is on, heard and healthy, and hooks it on', () => {
    const { operation, effects } = runAll(start)
    assert.deepEqual(effects, OUT.slice(1))
    assert.equal(phaseOf(operation), 'inService')
  })

  it('never touches the droplet when it cannot', () => {
    const sick = (effect: Effect): OperationEvent =>
      effect.kind === 'inspectBalancer' ? { kind: 'balancer', state: 'unhealthy', inFlight: 0 } : answer(effect)
    const { operation, effects } = runAll(start, sick)
    assert.equal(effects.at(-1), 'removeFromBalancer')
    assert.ok(!effects.includes('destroyDroplet'))
    assert.equal(phaseOf(operation), null)
    for (const status of ['off', 'gone'] as const) {
      const { effects: looks } = runAll(start, () => ({ kind: 'droplet', status, url: null }))
      assert.deepEqual(looks, ['inspectDroplet'])
    }
  })

  it('minds no silent agent', () => {
    const mute = (effect: Effect): OperationEvent =>
      effect.kind === 'checkSample' ? { kind: 'sampled', seen: false } : answer(effect)
    assert.equal(runAll(start, mute).operation.state.kind, 'done')
  })
})

describe('a finished operation', () => {
  it('only ever finishes again', () => {
    const { operation } = runAll(order('scaleOut'))
    const again = next(operation, { kind: 'error', message: 'late', retryable: true }, 99)
    assert.deepEqual(again, { operation, effect: { kind: 'finish' }, delayMs: 0 })
  })
})
