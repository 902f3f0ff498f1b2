import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import type { Policy } from '../../src/core/model/policy.ts'
import { reconcile } from '../../src/engine/reconcile/reconcile.ts'
import { runOperation } from '../../src/engine/operations/run.ts'
import { tickPool } from '../../src/engine/loop/tick.ts'
import { until } from '../wait.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

const NEVER = new AbortController().signal

describe('everything that exists counts against the maximum', () => {
  const rig = running(startRig)
  let most = 0

  const begin = async (policy: Partial<Policy>, clones = 0): Promise<void> => {
    await rig.reset(policy)
    most = 0
    const { create } = rig.yard
    rig.yard.create = async (...given) => {
      const made = await create(...given)
      most = Math.max(most, rig.yard.droplets.size)
      return made
    }
    if (clones > 0) await rig.grow(clones)
    most = rig.yard.droplets.size
  }
  /** Drained members serve somebody until it is told otherwise. */
  const neverEnding = (): { end(): void } => {
    const { list } = rig.door
    let serving = true
    rig.door.list = async () =>
      (await list()).map((one) => (one.state === 'draining' && serving ? { ...one, inFlight: 1 } : one))
    return { end: () => void (serving = false) }
  }
  /** Ticks, with operations going on beside, `seconds` long. */
  const goOn = async (seconds: number, cpu: number): Promise<void> => {
    const running = new Set<string>()
    for (let second = 0; second < seconds; second++) {
      await rig.run(1, cpu)
      for (const { id, state } of (await rig.state()).operations) {
        if (state.kind !== 'running' || running.has(id)) continue
        running.add(id)
        const over = (): void => void running.delete(id)
        runOperation(rig.services, 'web', id, { signal: NEVER, changed: () => undefined }).then(over, over)
      }
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const reason = async (): Promise<string> => (await rig.state()).decision?.reason ?? ''

  it('while the load balancer takes nobody in, and what was made is still being taken away', async () => {
    await begin({ max: 4 })
    const { end } = neverEnding()
    const { add } = rig.door
    rig.door.add = async (url) => {
      await add(url)
      throw new SpinupError('balancerFailed', 'It is in another VPC.', { retryable: false })
    }
    await rig.ask({ kind: 'pin', count: 4, forMs: 3_600_000, reason: '' })
    await goOn(30, 0.3)
    assert.equal(most, 4)
    const { memory, members } = await rig.state()
    assert.equal(members.length, 4, 'none of them is gone yet')
    assert.ok(memory.stoppedAt !== null && memory.failures >= 3, 'and their failure counts already')
    end()
    await goOn(10, 0.3)
    assert.deepEqual(
      (await rig.state()).members.map((one) => one.id),
      ['web-1'],
    )
    assert.equal((await rig.state()).memory.failures, 3, 'once each')
  })

  it('while others leave whose requests never end, whoever asks', async () => {
    await begin({ min: 1, max: 3 }, 2)
    const { end } = neverEnding()
    for (const count of [1, 3, 1, 3]) {
      await rig.ask({ kind: 'scale', count }).catch((error: unknown) => {
        assert.match(String(error), /maximum of 3, with 2 droplets still leaving, allows 1; nothing was changed/)
      })
      await goOn(2, 0.3)
    }
    await rig.ask({ kind: 'pin', count: 3, forMs: 3_600_000, reason: '' })
    await goOn(3, 0.3)
    assert.match(
      await reason(),
      /^Holding at 1: the maximum of 3, with 2 droplets still leaving, allows no more; wanted 3\. Pinned at 3/,
    )
    assert.equal((await rig.state()).decision?.rule, 'max')
    assert.equal(most, 3)
    end()
    await goOn(6, 0.3)
    assert.equal(most, 3)
    assert.equal((await rig.state()).members.filter((one) => one.phase === 'inService').length, 3)
  })

  it('orders as many as there is a place for, and says so', async () => {
    await begin({ min: 1, max: 4 }, 2)
    neverEnding()
    await rig.ask({ kind: 'scale', count: 2 })
    await goOn(2, 0.3)
    await rig.ask({ kind: 'pin', count: 4, forMs: 3_600_000, reason: '' })
    await rig.run(1, 0.3)
    const { decision } = await rig.state()
    assert.deepEqual([decision?.from, decision?.to], [2, 3])
    assert.match(decision!.reason, /^Limited to 3: the maximum of 4, with 1 droplet still leaving, allows no more/)
  })

  it('with those that nobody knows', async () => {
    await begin({ min: 1, max: 3 }, 1)
    rig.yard.droplets.set('s1', {
      ...[...rig.yard.droplets.values()].at(-1)!,
      id: 's1',
      name: 'web-90',
      tags: ['spinup', 'spinup-pool:web'],
    })
    // The state does not know of it yet: the account does.
    await rig.ask({ kind: 'up', count: 1 })
    await rig.work()
    assert.equal(rig.yard.droplets.size, 3)
    assert.match(
      (await rig.state()).operations[0]?.failure ?? '',
      /^No droplet was made: 2 with the tag spinup-pool:web/,
    )
    await rig.run(1, 0.3)
    await reconcile(rig.services, 'web')
    assert.equal((await rig.state()).upkeep.unmanaged.length, 1)
    await assert.rejects(
      rig.ask({ kind: 'up', count: 1 }),
      /maximum of 3, with 1 droplet that I do not know, allows 2; nothing was changed/,
    )
    // It is there already: taking it in makes none more.
    await rig.ask({ kind: 'adopt', droplet: 's1' })
    await assert.rejects(rig.ask({ kind: 'up', count: 1 }), /past the maximum of 3/)
  })

  it('when the maximum is lowered below what is there, and while an order is on its way', async () => {
    await begin({ min: 1, max: 4 }, 3)
    await rig.ask({ kind: 'policy', changes: { max: '2' } })
    await assert.rejects(rig.ask({ kind: 'pin', count: 3, forMs: 60_000, reason: '' }), /maximum of 2/)
    await begin({ min: 1, max: 4 })
    rig.yard.before = async () => {
      rig.yard.before = () => undefined
      await rig.ask({ kind: 'policy', changes: { max: '1' } })
    }
    await rig.ask({ kind: 'up', count: 1 })
    await rig.work()
    assert.equal(rig.yard.droplets.size, 1)
  })

  it('as the calendar has it now', async () => {
    await begin({ min: 1, max: 2 }, 1)
    await rig.ask({ kind: 'policy', changes: { calendar: '* * * * * for 5m max=3' } })
    await rig.ask({ kind: 'pin', count: 2, forMs: 60_000, reason: '' })
    await rig.run(90, 1, 3)
    await rig.ask({ kind: 'unpin' })
    await rig.run(2, 1)
    const { decision, members } = await rig.state()
    assert.equal(members.length, 3, decision?.reason)
    await rig.work()
    assert.equal(rig.yard.droplets.size, 3)
  })

  it('while a refresh makes one more and the load asks for one', async () => {
    await begin({ min: 2, max: 3 }, 1)
    await rig.ask({ kind: 'refresh', choice: { kind: 'graceful' } })
    await goOn(40, 0.9)
    assert.equal(most, 3)
  })

  it('for two bots at once', async () => {
    await begin({ min: 1, max: 3 })
    const second = { ...rig.services, looks: new Map() }
    await rig.ask({ kind: 'pin', count: 3, forMs: 600_000, reason: '' })
    rig.pass(1000)
    await rig.report(0.3)
    await Promise.all([tickPool(rig.services, 'web', 2000), tickPool(second, 'web', 2000)])
    const { operations } = await rig.state()
    assert.equal(operations.length, 2)
    // Somebody's droplet takes one of the two places: only one of those who ask at once gets the other.
    rig.yard.droplets.set('s1', { ...rig.yard.droplets.get('d1')!, id: 's1', tags: ['spinup', 'spinup-pool:web'] })
    const order = { signal: NEVER, changed: () => undefined }
    await Promise.all(
      [rig.services, second].map((services, index) => runOperation(services, 'web', operations[index]!.id, order)),
    )
    assert.equal(most, 3)
    assert.deepEqual((await rig.state()).operations.map((one) => one.state.kind).toSorted(), ['done', 'failed'])
  })

  it('while one may have been made that no list shows yet', async () => {
    await begin({ min: 1, max: 2 })
    const lag = { ...rig.services.timing((await rig.state()).pool), lagMs: 20_000 }
    rig.services = { ...rig.services, timing: () => lag }
    const { list, create } = rig.yard
    let hidden = true
    rig.yard.list = async (tag) => (hidden && tag !== undefined ? [] : list(tag))
    let orders = 0
    // Made, and neither answered nor listed.
    rig.yard.create = async (request, permit) => {
      if (hidden && orders > 0) {
        assert.equal((await permit())?.most, 0)
        throw new SpinupError('limited', 'Only looked for.', { retryable: false })
      }
      orders += 1
      await create(request, permit)
      if (hidden) throw new SpinupError('providerFailed', 'No answer.', { retryable: true })
      return create(request, permit)
    }
    await rig.ask({ kind: 'up', count: 1 })
    const work = rig.work()
    await until(async () => (await rig.state()).operations[0]!.version > 8, { what: 'it to be looked for' })
    assert.equal(rig.yard.droplets.size, 2)
    hidden = false
    await work
    assert.equal(rig.yard.droplets.size, 2)
    assert.equal((await rig.state()).operations[0]?.state.kind, 'done')
  })
})
