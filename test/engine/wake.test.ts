import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Policy } from '../../src/core/model/policy.ts'
import type { PoolPhase } from '../../src/core/model/pool.ts'
import type { Stats } from '../../src/core/model/sample.ts'
import { createWaker, startTicker, type Waker } from '../../src/engine/loop/ticker.ts'
import { createSeriesStore } from '../../src/store/series/series-store.ts'
import { ada } from '../store/example-state.ts'
import { until } from '../wait.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

describe('a stored sample', () => {
  const rig = running(startRig)
  let waker: Waker
  let wakes: number
  let weighings: number
  beforeEach(() => begin())
  afterEach(() => waker.stop())

  async function begin(policy: Partial<Policy> = {}): Promise<void> {
    await rig.reset({ windowMs: 1000, ...policy })
    wakes = 0
    weighings = 0
    // The clock is read once for each weighing.
    const now = (): number => {
      weighings++
      return rig.now()
    }
    waker = createWaker({ ...rig.services, now }, () => wakes++)
  }

  /** What ingest does with a report: stores it, then says so. Gives whether the pool was woken. */
  async function report(
    cpu: number,
    options: { memberId?: string; ms?: number; stats?: Stats } = {},
  ): Promise<boolean> {
    const { memberId = 'web-1', ms = 1000, stats = {} } = options
    rig.pass(ms)
    const sample = { memberId, at: rig.now(), stats: { cpu, ...stats } }
    await createSeriesStore(rig.redis, { now: rig.now }).append([{ poolId: 'web', sample, periodMs: 1000 }])
    const [before, wakesBefore] = [weighings, wakes]
    waker.sampled('web', sample)
    await until(() => weighings > before, { what: 'the sample weighed' })
    return wakes > wakesBefore
  }

  it('that asks for a clone wakes the pool, and the tick orders it', async () => {
    await rig.run(5, 0.4)
    assert.equal(await report(0.98), true)
    await rig.tick()
    assert.ok((await rig.state()).operations.length > 0)
  })

  it('wakes nobody while the pool is quiet, however the figures wander', async () => {
    await rig.grow(2)
    await rig.run(5, 0.35)
    for (let round = 0; round < 60; round++) {
      const memberId = `web-${1 + (round % 3)}`
      assert.equal(await report(0.3 + 0.1 * Math.sin(round), { memberId, ms: 300 }), false, `sample ${round}`)
      if (round % 3 === 2) await rig.tick()
    }
  })

  it('wakes nobody again for what was judged already: ordered, asked or only said', async () => {
    for (const mode of ['auto', 'approve', 'observe'] as const) {
      await begin({ mode })
      await rig.run(5, 0.4)
      assert.equal(await report(0.98), true, mode)
      await rig.tick()
      for (let round = 0; round < 3; round++) {
        // One more clone at most: what more is asked for is another decision.
        if (await report(0.98, { ms: 300 })) await rig.tick()
      }
      for (let round = 0; round < 10; round++) assert.equal(await report(0.98, { ms: 300 }), false, mode)
    }
  })

  for (const [held, order] of [
    ['at its maximum', () => begin({ max: 1 })],
    ['paused', () => rig.ask({ kind: 'pause', forMs: null, reason: 'a release' })],
    ['pinned', () => rig.ask({ kind: 'pin', count: 1, forMs: 3_600_000, reason: 'a release' })],
    ['out of budget', () => begin({ maxDollarsPerHour: 0.006 })],
  ] as const) {
    it(`wakes nobody while the pool is ${held}`, async () => {
      await order()
      await rig.run(5, 0.4)
      for (let round = 0; round < 10; round++) assert.equal(await report(0.98, { ms: 300 }), false, `sample ${round}`)
      assert.equal((await rig.state()).decision?.kind, 'hold')
    })
  }

  it('of any statistic the pool is kept by does', async () => {
    await begin({ stat: 'queue', target: 10, also: [] })
    const queue = async (value: number): Promise<boolean> => {
      const woken = await report(0.2, { stats: { queue: value } })
      await rig.tick()
      return woken
    }
    for (let round = 0; round < 5; round++) assert.equal(await queue(6), false)
    assert.equal(await queue(60), true)
  })

  it('wakes a pool that waits for its agent, and none that is connecting otherwise', async () => {
    const { pool } = await rig.state()
    const at = async (step: 'agent' | 'snapshot', phase: PoolPhase): Promise<boolean> => {
      const onboarding = { id: 'o', channelActor: ada, startedAt: rig.now() + 1, dropletName: 'web', line: null }
      await rig.change({
        pool: { ...pool, phase },
        onboarding: { ...onboarding, step, operationId: null, failure: null, doneAt: null },
      })
      assert.equal((await rig.state()).onboarding?.step, step)
      return report(0.2)
    }
    assert.equal(await at('snapshot', 'connecting'), false)
    assert.equal(await at('agent', 'disconnecting'), false)
    assert.equal(await at('agent', 'connecting'), true)
    await rig.tick()
    assert.equal((await rig.state()).onboarding?.step, 'snapshot')
  })

  it('is left to the bot that ticks the pool', async () => {
    await rig.run(5, 0.4)
    rig.services.looks.clear()
    assert.equal(await report(0.98), false, 'this one never has')
    await rig.run(1, 0.4)
    assert.equal(await report(0.98, { ms: 10_000 }), false, 'this one no longer does')
  })

  it('does so no more often than four times a second, and the last of a burst counts', async () => {
    await rig.run(5, 0.4)
    rig.pass(1500)
    const startedAt = performance.now()
    for (let index = 0; index < 500; index++) {
      const cpu = index === 499 ? 0.98 : 0.4
      waker.sampled('web', { memberId: 'web-1', at: rig.now() - 500 + index, stats: { cpu } })
      if (index % 100 === 0) await until(() => weighings > 0, { what: 'the first of them weighed' })
    }
    await until(() => wakes === 1, { what: 'the pool woken' })
    const seconds = (performance.now() - startedAt) / 1000
    assert.ok(weighings <= 2 + seconds * 4, `${weighings} weighings in ${seconds} s`)
  })

  it('has the pool ticked long before its next regular tick', async () => {
    await rig.run(5, 0.4)
    const ticker = startTicker(rig.services, 3_600_000, () => undefined)
    waker = createWaker(rig.services, ticker.nudge)
    rig.pass(1000)
    const sample = { memberId: 'web-1', at: rig.now(), stats: { cpu: 0.98 } }
    await createSeriesStore(rig.redis, { now: rig.now }).append([{ poolId: 'web', sample, periodMs: 1000 }])
    try {
      waker.sampled('web', sample)
      await until(async () => (await rig.state()).operations.length > 0, { what: 'a clone ordered' })
    } finally {
      await ticker.stop()
    }
  })
})
