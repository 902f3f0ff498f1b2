import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Effect, OperationEvent } from '../../../src/core/model/operation.ts'
import { phaseOf } from '../../../src/core/operation/next.ts'
import { URL, order, answer, runAll } from './machine.ts'

describe('snapshot', () => {
  const start = order('snapshot', { dropletId: 'd0', url: URL, memberId: 'web-1' })
  const world = (effect: Effect, count: number): OperationEvent => {
    if (effect.kind === 'inspectDroplet') return { kind: 'droplet', status: count === 1 ? 'off' : 'active', url: URL }
    if (effect.kind === 'takeSnapshot') {
      return { kind: 'snapshotted', snapshotId: 's1', progress: Math.min(1, count / 3), complete: count >= 3 }
    }
    return answer(effect)
  }

  it('shuts down, copies with progress, starts again and hooks the origin on', () => {
    const { operation, effects } = runAll(start, world)
    assert.equal(operation.state.kind, 'done')
    assert.equal(operation.snapshotId, 's1')
    assert.deepEqual(effects.slice(0, 6), [
      'powerOff',
      'inspectDroplet',
      'takeSnapshot',
      'takeSnapshot',
      'takeSnapshot',
      'powerOn',
    ])
    assert.equal(phaseOf(operation), 'inService')
  })

  it('restores power whatever fails, and says what did', () => {
    const broken = (effect: Effect, count: number): OperationEvent =>
      effect.kind === 'takeSnapshot' ? { kind: 'error', message: 'disk full', retryable: false } : world(effect, count)
    const { operation, effects } = runAll(start, broken)
    assert.ok(effects.includes('powerOn'))
    assert.equal(operation.snapshotId, null)
    assert.match(operation.failure ?? '', /snapshot failed: disk full/)
    assert.equal(phaseOf(operation), 'inService')
  })

  it('says both why there is no snapshot and why the origin is not back in service', () => {
    const sick = (effect: Effect, count: number): OperationEvent => {
      if (effect.kind === 'takeSnapshot') return { kind: 'error', message: 'disk full', retryable: false }
      return effect.kind === 'probe' ? { kind: 'probed', healthy: false, detail: 'answered 500' } : world(effect, count)
    }
    const { operation, effects } = runAll(start, sick)
    assert.ok(effects.includes('powerOn'))
    assert.match(
      operation.failure ?? '',
      /^snapshot failed: disk full; back on, but not in service: not healthy within 2 min \(answered 500\)$/,
    )
  })

  it('asks for power again and again until it is given', () => {
    const dark = (effect: Effect, count: number): OperationEvent =>
      effect.kind === 'powerOn' && count < 50
        ? { kind: 'error', message: '500', retryable: false }
        : world(effect, count)
    // Off for as long as it has no power, whoever looks.
    let lit = false
    const night = (effect: Effect, count: number): OperationEvent => {
      if (effect.kind === 'inspectDroplet') return { kind: 'droplet', status: lit ? 'active' : 'off', url: URL }
      if (effect.kind === 'powerOn') lit = count >= 50
      return dark(effect, count)
    }
    const { operation, effects } = runAll(start, night)
    assert.equal(operation.state.kind, 'done')
    assert.equal(effects.filter((kind) => kind === 'powerOn').length, 50)
  })

  it('goes on when it is on already, though each request for power failed', () => {
    const deaf = (effect: Effect, count: number): OperationEvent =>
      effect.kind === 'powerOn' ? { kind: 'error', message: '422', retryable: false } : world(effect, count)
    assert.equal(runAll(start, deaf).operation.state.kind, 'done')
  })

  it('ends when the droplet is deleted meanwhile, at whichever step that is seen', () => {
    for (const at of [1, 2]) {
      const deleted = (effect: Effect, count: number): OperationEvent =>
        effect.kind === 'inspectDroplet' && count >= at
          ? { kind: 'droplet', status: 'gone', url: null }
          : world(effect, count)
      const { operation } = runAll(start, deleted)
      assert.match(operation.failure ?? '', /deleted meanwhile/)
    }
    const unpowered = (effect: Effect, count: number): OperationEvent => {
      if (effect.kind === 'powerOn') return { kind: 'error', message: 'no such droplet', retryable: false }
      return effect.kind === 'inspectDroplet' && count > 1
        ? { kind: 'droplet', status: 'gone', url: null }
        : world(effect, count)
    }
    assert.match(runAll(start, unpowered).operation.failure ?? '', /deleted meanwhile/)
  })

  it('takes the origin off the balancer before it is shut down, and does any step again after a crash', () => {
    const off = order('snapshot', { dropletId: 'd0', url: URL, memberId: 'web-1', step: 'drain' })
    let power = true
    const real = (effect: Effect, count: number): OperationEvent => {
      if (effect.kind === 'powerOff') power = false
      if (effect.kind === 'powerOn') power = true
      if (effect.kind === 'inspectDroplet') return { kind: 'droplet', status: power ? 'active' : 'off', url: URL }
      if (effect.kind === 'inspectBalancer' && count === 1) return { kind: 'balancer', state: 'draining', inFlight: 2 }
      return world(effect, count)
    }
    const whole = runAll(off, real)
    assert.deepEqual(whole.effects.slice(0, 5), [
      'drainBalancer',
      'inspectBalancer',
      'inspectBalancer',
      'removeFromBalancer',
      'powerOff',
    ])
    assert.equal(whole.effects.at(-2), 'addToBalancer')
    for (let at = 0; at < whole.effects.length; at++) {
      power = true
      const { operation } = runAll(off, real, (index) => index === at)
      assert.deepEqual([operation.state.kind, operation.snapshotId, power], ['done', 's1', true], `crash at ${at}`)
    }
  })

  it('puts the origin back on the balancer when it cannot be drained, and never shuts it down', () => {
    const off = order('snapshot', { dropletId: 'd0', url: URL, memberId: 'web-1', step: 'drain' })
    const refused = (effect: Effect, count: number): OperationEvent =>
      effect.kind === 'drainBalancer'
        ? { kind: 'error', message: 'no', retryable: false }
        : effect.kind === 'inspectDroplet'
          ? { kind: 'droplet', status: 'active', url: URL }
          : world(effect, count)
    const { operation, effects } = runAll(off, refused)
    assert.ok(!effects.includes('powerOff') && effects.includes('addToBalancer'))
    assert.match(operation.failure ?? '', /snapshot failed: no/)
    assert.equal(phaseOf(operation), 'inService')
  })

  it('comes back to the balancer though its agent stays silent', () => {
    const mute = (effect: Effect, count: number): OperationEvent =>
      effect.kind === 'checkSample' ? { kind: 'sampled', seen: false } : world(effect, count)
    assert.equal(runAll(start, mute).operation.state.kind, 'done')
  })

  it('live touches neither power nor balancer, whether it succeeds or fails', () => {
    const live = order('snapshot', { dropletId: 'd0', url: URL, memberId: 'web-1', step: 'copy', live: true })
    const good = runAll(live, world)
    assert.deepEqual([...new Set(good.effects)], ['takeSnapshot'])
    assert.deepEqual([good.operation.state.kind, good.operation.snapshotId], ['done', 's1'])
    const bad = runAll(live, () => ({ kind: 'error', message: 'full', retryable: false }))
    assert.deepEqual(bad.effects, ['takeSnapshot'])
    assert.equal(bad.operation.state.kind, 'failed')
    for (const { operation } of [good, bad]) assert.equal(phaseOf(operation), 'inService')
    assert.equal(phaseOf(live), 'inService')
  })
})
