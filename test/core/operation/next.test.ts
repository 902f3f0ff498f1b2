import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Effect, Operation, OperationEvent, OperationKind } from '../../../src/core/model/operation.ts'
import { SPINUP } from '../../../src/core/model/pool.ts'
import { begin, next, phaseOf } from '../../../src/core/operation/next.ts'
import { DEFAULT_TIMING } from '../../../src/core/operation/timing.ts'

const URL = 'http://10.0.0.4:80'

function order(kind: OperationKind, more: Partial<Parameters<typeof begin>[0]> = {}): Operation {
  return begin({ id: 'op', poolId: 'web', kind, memberId: 'web-2', episodeId: 'ep', actor: SPINUP, now: 0, ...more })
}

/** A world in which everything goes well at once. */
function answer(effect: Effect): OperationEvent {
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
function runAll(
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

const OUT = ['createDroplet', 'inspectDroplet', 'checkSample', 'probe', 'addToBalancer', 'inspectBalancer']

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
