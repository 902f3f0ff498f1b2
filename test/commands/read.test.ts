import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { statsCard } from '../../src/core/cards/stats.ts'
import { parseLine } from '../../src/commands/dispatch/line.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { createSeriesStore } from '../../src/store/series/series-store.ts'
import { dump } from '../store/dump.ts'
import { exampleMember } from '../store/example-state.ts'
import { startRig } from '../engine/rig.ts'
import { running } from '../running.ts'

const MINUTE = 60_000

describe('commands that only look', () => {
  const rig = running(startRig)
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

  it('answer in words while Redis takes no changes, without the picture', async () => {
    await rig.run(120, 0.4, 10)
    await rig.redis.config('SET', 'maxmemory', '1')
    try {
      const lines = [
        'status',
        'why',
        'stats',
        'cost',
        'history',
        'policy',
        'summary',
        'pools',
        'whatif max=3',
        'show cpu',
      ]
      for (const line of lines) {
        const parsed = parseLine(line, rig.now())
        assert.ok(parsed.kind === 'request' && parsed.request.kind !== 'help', line)
        const views = await rig.ask(parsed.request)
        assert.ok(views.length > 0 && views.every(({ kind }) => kind !== 'error'), line)
        for (const view of views) if ('chart' in view && view.kind !== 'visual') assert.equal(view.chart, null, line)
      }
      await assert.rejects(
        rig.ask({ kind: 'pause', forMs: MINUTE, reason: '' }),
        /memory is full, so it takes no changes/,
      )
    } finally {
      await rig.redis.config('SET', 'maxmemory', '0')
    }
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

  it('stats says where the figures of the balancer are, unless the app reports one of that name', async () => {
    await rig.report(0.4, 10)
    for (const stat of ['p95', 'latency', 'rps', 'requests', 'in-flight']) {
      await assert.rejects(
        rig.ask({ kind: 'stats', stat, rangeMs: MINUTE, member: null }),
        /measured at the balancer/,
        stat,
      )
    }
    const page = rig.ask({ kind: 'stats', stat: 'pages', rangeMs: MINUTE, member: null })
    await assert.rejects(page, /No statistic called pages: there is only cpu/)
  })

  it('stats has one number for now: that of the card, of its chart, of its words and of status', async () => {
    await rig.report(0.9, 60, ['web-1'])
    await rig.report(0.3, 60, ['web-2'])
    rig.pass(1000)
    await rig.report(0.4, 1, ['web-1'])
    await rig.report(0.25, 1, ['web-2'])
    const [status] = await rig.ask({ kind: 'status' })
    for (const [asked, expected] of [
      [{ member: null }, 0.325],
      [{ member: 'web-1' }, 0.4],
      [{ member: 'web-2' }, 0.25],
    ] as const) {
      const [view] = await rig.ask({ kind: 'stats', stat: 'cpu', rangeMs: 5 * MINUTE, ...asked })
      assert.ok(view?.kind === 'stats' && view.chart !== null)
      assert.ok(Math.abs(view.now! - expected) < 1e-6, `${view.now}`)
      const spec = await rig.services.charts.load(view.chart.id)
      assert.equal(spec?.lines[0]?.value.at(-1), view.now)
      assert.equal(spec?.lines[0]?.at.at(-1), view.toAt)
      assert.match(view.chart.alt, new RegExp(`now ${Math.round(expected * 100)} %`))
      assert.ok(status?.kind === 'status' && (asked.member !== null || status.value === view.now))
    }
    rig.pass(MINUTE)
    const [later] = await rig.ask({ kind: 'stats', stat: 'cpu', rangeMs: 5 * MINUTE, member: null })
    assert.ok(later?.kind === 'stats' && later.now === null && later.chart !== null, 'nobody has reported for a minute')
    assert.doesNotMatch(later.chart.alt, /now/)
  })

  it('stats has the highest of all samples and says whose it was, over any range', async () => {
    await rig.report(0.2, 600, ['web-1'])
    await rig.report(0.3, 600, ['web-2'])
    const spike = { poolId: 'web', sample: { memberId: 'web-2', at: rig.now() - 100_500, stats: { cpu: 0.97 } } }
    await createSeriesStore(rig.redis, { now: rig.now }).append([{ ...spike, periodMs: 500 }])
    for (const rangeMs of [5 * MINUTE, 60 * MINUTE, 2 * 60 * MINUTE, 30 * 24 * 60 * MINUTE]) {
      const [view] = await rig.ask({ kind: 'stats', stat: 'cpu', rangeMs, member: null })
      assert.ok(view?.kind === 'stats' && view.chart !== null)
      assert.ok(Math.abs(view.max! - 0.97) < 1e-3, `${view.max} over ${rangeMs} ms`)
      assert.equal(view.hottest, 'web-2')
      assert.match(view.chart.alt, /highest 97 % .*hottest web-2, 97 %/)
      const spec = await rig.services.charts.load(view.chart.id)
      assert.equal(spec?.peak?.label, 'web-2')
      assert.ok(spec.lines[0]!.max!.some((value) => value === spec.peak!.value || Math.abs(value! - 0.97) < 1e-3))
      const [own] = await rig.ask({ kind: 'stats', stat: 'cpu', rangeMs, member: 'web-1' })
      assert.ok(own?.kind === 'stats' && Math.abs(own.max! - 0.2) < 1e-3 && own.hottest === null)
    }
  })

  it('stats does not give a present member what one that is gone has shown', async () => {
    await rig.report(0.2, 60, ['web-1', 'web-2'])
    const gone = { poolId: 'web', sample: { memberId: 'web-9', at: rig.now() - 20_000, stats: { cpu: 0.95 } } }
    await createSeriesStore(rig.redis, { now: rig.now }).append([{ ...gone, periodMs: 1000 }])
    const [view] = await rig.ask({ kind: 'stats', stat: 'cpu', rangeMs: 5 * MINUTE, member: null })
    assert.ok(view?.kind === 'stats' && Math.abs(view.max! - 0.95) < 1e-3)
    assert.equal(view.hottest, 'a former member')
    // One that is leaving is still there.
    await rig.change({ members: { put: [exampleMember('web-9', { phase: 'draining' })] } })
    const [leaving] = await rig.ask({ kind: 'stats', stat: 'cpu', rangeMs: 5 * MINUTE, member: null })
    assert.ok(leaving?.kind === 'stats')
    assert.equal(leaving.hottest, 'web-9')
    assert.deepEqual(
      leaving.perMember.map(({ id }) => id),
      ['web-1', 'web-2'],
    )
  })

  it('stats says what its p95 is of, and whose numbers they are', async () => {
    await rig.report(0.2, 60)
    const heads = async (member: string | null, rangeMs: number) => {
      const [view] = await rig.ask({ kind: 'stats', stat: 'cpu', rangeMs, member })
      assert.ok(view?.kind === 'stats')
      const card = statsCard(view)
      const spec = await rig.services.charts.load(view.chart!.id)
      return [card.headline, JSON.stringify(card), spec?.title] as const
    }
    const [single, own, ofMember] = await heads('web-1', 5 * MINUTE)
    assert.match(single, /^CPU of web-1: 20 % now/)
    assert.match(own, /"p95"/)
    assert.equal(ofMember, 'CPU of web-1')
    const [whole, pool, ofPool] = await heads(null, 5 * MINUTE)
    assert.match(whole, /^CPU of web: 20 % now/)
    assert.match(pool, /"p95 of 5 s means"/)
    assert.equal(ofPool, 'CPU of pool web')
    assert.match((await heads(null, 30 * 24 * 60 * MINUTE))[1], /"p95 of 5 s means"|"p95 of 1 min means"/)
  })

  it('stats by member draws a line each, the hottest named', async () => {
    await rig.grow(10)
    const members = (await rig.state()).members.map(({ id }) => id)
    for (const [index, id] of members.entries()) await rig.report(0.05 * (index + 1), 60, [id])
    const [view] = await rig.ask({ kind: 'stats', stat: 'cpu', rangeMs: 5 * MINUTE, member: null, byMember: true })
    assert.ok(view?.kind === 'stats')
    const spec = await rig.services.charts.load(view.chart!.id)
    assert.deepEqual(
      spec?.lines.map(({ label }) => label),
      members,
    )
    assert.equal(spec.peak?.label, members.at(-1))
    assert.equal(spec.title, 'CPU of pool web by member')
    assert.equal(spec.subtitle, '12 members, the 8 hottest by name')
    assert.equal(view.hottest, members.at(-1))
  })

  it('stats of two draws the second below, with its own numbers', async () => {
    const at = rig.now()
    await rig.report(0.5, 60)
    await createSeriesStore(rig.redis, { now: rig.now }).append(
      ['web-1', 'web-2'].map((memberId) => ({
        poolId: 'web',
        sample: { memberId, at: at + 1, stats: { cpu: 0.5, queue: memberId === 'web-1' ? 40 : 20 } },
        periodMs: 1000,
      })),
    )
    rig.pass(1000)
    const [view] = await rig.ask({ kind: 'stats', stat: 'cpu', also: 'QUEUE', rangeMs: 5 * MINUTE, member: null })
    assert.ok(view?.kind === 'stats')
    assert.deepEqual([view.also?.stat, view.also?.now, view.also?.max], ['queue', 30, 40])
    const spec = await rig.services.charts.load(view.chart!.id)
    assert.equal(spec?.below?.stat, 'queue')
    assert.equal(spec.title, 'CPU and queue of pool web')
    assert.equal(spec.below.target, null)
    assert.match(statsCard(view).headline, /^CPU and Queue of web: 50 % and 30 now, last 5 min/)
    await assert.rejects(
      rig.ask({ kind: 'stats', stat: 'cpu', also: 'quue', rangeMs: MINUTE, member: null }),
      /quue: there are cpu, queue/,
    )
  })

  it('stats reads the clock of the pool, and ends with as many members as are in service', async () => {
    await rig.change({
      pool: {
        ...(await rig.state()).pool,
        policy: { ...(await rig.state()).pool.policy, timeZone: 'Asia/Tokyo', max: 7 },
      },
    })
    await rig.report(0.2, 120, ['web-1'])
    await rig.report(0.2, 60, ['web-2'])
    await rig.grow(1)
    const [view] = await rig.ask({ kind: 'stats', stat: 'cpu', rangeMs: 5 * MINUTE, member: null })
    assert.ok(view?.kind === 'stats')
    const spec = await rig.services.charts.load(view.chart!.id)
    assert.equal(spec?.timeZone, 'Asia/Tokyo')
    assert.match(view.chart!.alt, /GMT\+9: .*1 to 3 members, 3 at the end/)
    assert.deepEqual(spec.counts?.value, [1, 2, 3])
    assert.equal(spec.counts.most, 7)
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
      assert.match(error.message, /queue: there is only cpu/)
      return true
    })
    await assert.rejects(rig.ask({ kind: 'stats', stat: 'cpu', rangeMs: MINUTE, member: 'web-9' }), /web-1, web-2/)
    assert.deepEqual(await dump(rig.redis), before)
  })

  it('why shows the present decision, and the last one that changed something', async () => {
    const [nothing] = await rig.ask({ kind: 'why' })
    assert.ok(nothing?.kind === 'answer' && nothing.title === 'Nothing was decided yet')
    await rig.ask({ kind: 'up', count: 1 })
    await rig.work()
    await rig.run(5, 0.3)
    const [view, ...rest] = await rig.ask({ kind: 'why' })
    assert.ok(view?.kind === 'decision' && rest.length === 0, 'one card')
    assert.deepEqual([view.decision.kind, view.decision.to], ['hold', 3])
    assert.deepEqual([view.before?.kind, view.before?.to], ['scaleOut', 3])
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
