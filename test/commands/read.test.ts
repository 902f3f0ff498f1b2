import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import { createSeriesStore } from '../../src/store/series/series-store.ts'
import { dump } from '../store/dump.ts'
import { exampleMember } from '../store/example-state.ts'
import { startRig, type Rig } from '../engine/rig.ts'

const MINUTE = 60_000

describe('commands that only look', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.stop())
  beforeEach(async () => {
    await rig.reset({ mode: 'observe', scaleInWindowMs: 86_400_000 })
    await rig.grow(1)
  })

  it('status tells members, load, cost and what is in force', async () => {
    await rig.report(0.4, 10)
    await rig.change({ members: { put: [exampleMember('web-3', { phase: 'creating', dropletId: null, url: null })] } })
    await rig.ask({ kind: 'protect', member: 'web-2', forMs: null, reason: 'profiling' })
    await rig.ask({ kind: 'pause', forMs: MINUTE, reason: '' })
    for (const [url, backend] of rig.door.backends) rig.door.backends.set(url, { ...backend, rps: 10 })
    const before = await dump(rig.redis)
    const [view] = await rig.ask({ kind: 'status' })
    assert.ok(view?.kind === 'status')
    assert.ok(Math.abs(view.value! - 0.4) < 1e-6)
    assert.equal(view.desired, 3)
    assert.equal(view.dollarsPerHour, 0.012, 'the one without a droplet costs nothing yet')
    assert.deepEqual(
      view.members.map((member) => [member.id, member.phase, member.protected, member.rps]),
      [
        ['web-1', 'inService', false, 10],
        ['web-2', 'inService', true, 10],
        ['web-3', 'creating', false, null],
      ],
    )
    assert.deepEqual(
      view.overrides.map((line) => line.text),
      ['Paused', 'web-2 is protected'],
    )
    assert.deepEqual(await dump(rig.redis), before)
    rig.pass(MINUTE)
    const [later] = await rig.ask({ kind: 'status' })
    assert.ok(later?.kind === 'status')
    assert.equal(later.value, null, 'nobody has reported for a minute')
    assert.deepEqual(
      later.overrides.map((line) => line.what),
      ['protect'],
    )
  })

  it('status works with the balancer away', async () => {
    rig.door.shut = true
    const [view] = await rig.ask({ kind: 'status' })
    assert.ok(view?.kind === 'status' && view.members.every((member) => member.rps === null))
  })

  it('stats tells a statistic of the pool or of one member, with a chart that can be drawn', async () => {
    await rig.report(0.2, 120, ['web-1'])
    await rig.report(0.6, 120, ['web-2'])
    const [whole] = await rig.ask({ kind: 'stats', stat: null, rangeMs: 5 * MINUTE, member: null })
    assert.ok(whole?.kind === 'stats')
    assert.ok(Math.abs(whole.now! - 0.4) < 1e-6 && Math.abs(whole.mean! - 0.4) < 0.02)
    assert.deepEqual(
      whole.perMember.map((line) => [line.id, line.now?.toFixed(1)]),
      [
        ['web-1', '0.2'],
        ['web-2', '0.6'],
      ],
    )
    const spec = await rig.services.charts.load(whole.chart!.id)
    assert.equal(spec?.target, 0.6)
    const [single] = await rig.ask({ kind: 'stats', stat: 'cpu', rangeMs: 5 * MINUTE, member: 'web-2' })
    assert.ok(single?.kind === 'stats' && Math.abs(single.mean! - 0.6) < 0.02)
  })

  it('stats of what every object has by itself tells those who reported it', async () => {
    for (const [stat, value] of [
      ['constructor', 5],
      ['toString', 0],
      ['valueOf', 7],
    ] as const) {
      const at = rig.now()
      const report = (memberId: string, stats: Record<string, number>) => ({
        poolId: 'web',
        sample: { memberId, at, stats },
        periodMs: 1000,
      })
      await createSeriesStore(rig.redis, { now: rig.now }).append([
        report('web-1', { [stat]: value }),
        report('web-2', { cpu: 0.3 }),
      ])
      const [view] = await rig.ask({ kind: 'stats', stat, rangeMs: MINUTE, member: null })
      assert.ok(view?.kind === 'stats')
      assert.equal(view.now, value)
      assert.deepEqual(
        view.perMember.map(({ now }) => now),
        [value, null],
      )
      rig.pass(1000)
    }
  })

  it('stats refuses what was never reported, and names what was', async () => {
    await assert.rejects(
      rig.ask({ kind: 'stats', stat: 'cpu', rangeMs: MINUTE, member: null }),
      /none has been reported yet/,
    )
    await rig.report(0.2)
    const before = await dump(rig.redis)
    await assert.rejects(rig.ask({ kind: 'stats', stat: 'queue', rangeMs: MINUTE, member: null }), (error: unknown) => {
      assert.ok(error instanceof SpinupError && error.code === 'notFound')
      assert.match(error.message, /queue: there are cpu/)
      return true
    })
    await assert.rejects(rig.ask({ kind: 'stats', stat: 'cpu', rangeMs: MINUTE, member: 'web-9' }), /web-1, web-2/)
    assert.deepEqual(await dump(rig.redis), before)
  })

  it('why shows the present decision, after the last one that changed something', async () => {
    const [nothing] = await rig.ask({ kind: 'why' })
    assert.ok(nothing?.kind === 'answer' && nothing.title === 'Nothing was decided yet')
    await rig.ask({ kind: 'up', count: 1 })
    await rig.work()
    await rig.run(5, 0.3)
    const views = await rig.ask({ kind: 'why' })
    assert.deepEqual(
      views.map((view) => view.kind === 'decision' && [view.decision.kind, view.decision.to]),
      [
        ['scaleOut', 3],
        ['hold', 3],
      ],
    )
  })

  it('why tells of the one decision that a card is about, whatever was decided since', async () => {
    await rig.ask({ kind: 'up', count: 1 })
    await rig.tick()
    const [card] = await rig.views('episode')
    const line = card!.actions[0]!.action.replace(/^run:\/spinup why (\S+) @web$/, '$1')
    await rig.work()
    await rig.run(2, 0.3)
    await rig.ask({ kind: 'up', count: 1 })
    const [view, ...rest] = await rig.ask({ kind: 'why', decision: line })
    assert.ok(view?.kind === 'decision' && rest.length === 0)
    assert.deepEqual([view.decision.from, view.decision.to], [2, 3])
    const [unknown] = await rig.ask({ kind: 'why', decision: 'long-gone' })
    assert.ok(unknown?.kind === 'answer' && unknown.title === 'That decision is no longer known')
  })

  it('history tells who did what, newest first, as many as asked', async () => {
    await rig.ask({ kind: 'pause', forMs: null, reason: '' })
    await rig.ask({ kind: 'resume' })
    await rig.ask({ kind: 'mode', mode: 'auto' })
    const [view] = await rig.ask({ kind: 'history', count: 2 })
    assert.ok(view?.kind === 'history')
    assert.deepEqual(
      view.entries.map((entry) => [entry.actor.name, entry.what]),
      [
        ['Ada', 'Policy: mode: observe → auto'],
        ['Ada', 'Resumed web'],
      ],
    )
  })
})
