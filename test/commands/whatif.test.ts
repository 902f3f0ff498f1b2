import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { createHandlers } from '../../src/commands/dispatch/handlers.ts'
import { SpinupError, type ErrorCode } from '../../src/core/model/error.ts'
import type { Request } from '../../src/commands/registry.ts'
import type { WhatIfView } from '../../src/core/model/view.ts'
import type { Performable } from '../../src/commands/dispatch/perform.ts'
import { createReplayer } from '../../src/engine/reports/replayer.ts'
import { createSeriesStore } from '../../src/store/series/series-store.ts'
import { ada } from '../store/example-state.ts'
import { dump } from '../store/dump.ts'
import { until } from '../wait.ts'
import { HERE, startRig } from '../engine/rig.ts'
import { running } from '../running.ts'

const MINUTE = 60_000
type Wish = Extract<Request, { kind: 'whatif' }>

describe('/spinup whatif', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset({ target: 0.8, max: 4 }))

  const wish = (changes: Wish['changes'], rangeMs: number | null = null): Wish => ({ kind: 'whatif', changes, rangeMs })
  /** `count` members report this CPU every ten seconds of so many minutes. */
  const live = async (
    minutes: number,
    cpu: number,
    count = 1,
    more: Readonly<Record<string, number>> = {},
  ): Promise<void> => {
    const entries = Array.from({ length: minutes * 6 }, (_, index) => rig.now() + (index + 1) * 10_000).flatMap((at) =>
      Array.from({ length: count }, (_, index) => ({
        poolId: 'web',
        sample: { memberId: `web-${index + 1}`, at, stats: { cpu, ...more } },
        periodMs: 10_000,
      })),
    )
    rig.pass(minutes * MINUTE)
    await createSeriesStore(rig.redis, { now: rig.now }).append(entries)
  }
  const replayed = async (request: Wish): Promise<WhatIfView> => {
    const before = (await rig.views('whatif')).length
    const [view] = await rig.ask(request)
    if (view?.kind === 'whatif') return view
    assert.equal(view?.kind, 'answer')
    return until(async () => (await rig.views('whatif'))[before], { timeoutMs: 60_000, what: 'the card' })
  }
  const refused = (request: Performable, code: ErrorCode, says: RegExp): Promise<void> =>
    assert.rejects(rig.ask(request), (error: unknown) => {
      assert.ok(error instanceof SpinupError, String(error))
      assert.deepEqual([error.code, says.test(error.message) ? '' : error.message], [code, ''])
      return true
    })
  /** What pressing a card's Apply asks for. */
  const press = async (view: WhatIfView): Promise<Performable> => {
    const pressed: Performable[] = []
    const { action } = createHandlers({
      perform: async (request) => {
        pressed.push(request)
        return []
      },
      facts: () => assert.fail(),
      form: () => assert.fail(),
      home: () => assert.fail(),
      now: rig.now,
      failed: assert.ifError,
    })
    await action({ action: view.actions[0]!.action, asker: { actor: ada, place: HERE, roles: [] } })
    return pressed[0]!
  }

  it('compares the pool’s own history with what would have been, and changes nothing', async () => {
    await live(30, 0.3)
    await live(10, 1)
    await live(20, 0.4, 2)
    const before = await dump(rig.redis)
    const view = await replayed(wish({ min: '3' }))
    assert.deepEqual(view.changes, [{ name: 'min', from: '1', to: '3' }])
    assert.ok(Math.abs(view.recorded.overloadedMs - 10 * MINUTE) < 15_000, `${view.recorded.overloadedMs}`)
    assert.ok(Math.abs(view.recorded.dropletHours - 80 / 60) < 0.03, `${view.recorded.dropletHours}`)
    assert.ok(Math.abs(view.recorded.dollars - view.recorded.dropletHours * 0.006) < 1e-9)
    assert.equal(view.recorded.peak, 2)
    assert.equal(view.changed.overloadedMs, 0)
    assert.ok(view.changed.dropletHours > 2.9 && view.present.dropletHours < view.changed.dropletHours)
    assert.ok(Math.abs(view.changed.dollars - view.changed.dropletHours * 0.006) < 1e-9)
    assert.match(view.summary, /overload(, | either way, )for \$0\.0\d+ more\.$/)
    assert.ok(Math.abs(view.toAt - view.fromAt - 60 * MINUTE) < MINUTE)
    assert.match(view.notes[0]!, /^There is only \d+ min( \d+ s)? of history/)
    assert.match(view.notes[1]!, /^The CPU was full for (10 min|9 min \d+ s)/)
    const spec = await rig.services.charts.load(view.chart!.id)
    assert.deepEqual(
      spec?.lines.map((line) => line.label),
      ['changed', 'as it is', 'demand'],
    )
    const same = Object.entries(await dump(rig.redis)).filter(([key]) => !/:chart:|outbox/.test(key))
    assert.deepEqual(Object.fromEntries(same), before)
  })

  it('takes the stretch that was asked for', async () => {
    await live(60, 1, 3)
    await live(40, 0.2)
    const view = await replayed(wish({ target: '50%' }, 30 * MINUTE))
    assert.equal(view.toAt - view.fromAt, 30 * MINUTE)
    assert.deepEqual([view.recorded.overloadedMs, view.recorded.peak], [0, 1])
    assert.equal(view.notes.length, 1)
  })

  it('says when there will be enough history', async () => {
    await refused(wish({ target: '50%' }), 'conflict', /web has no history yet/)
    await live(1, 0.3)
    await refused(
      wish({ target: '50%' }),
      'conflict',
      /only 1 min of history.*a minute and a half\. Ask again in 30 s\./,
    )
    await live(0.5, 0.3)
    assert.equal((await replayed(wish({ target: '50%' }))).kind, 'whatif')
    rig.pass(60 * MINUTE)
    await refused(wish({ target: '50%' }, 30 * MINUTE), 'conflict', /In the last 30 min web reported for less/)
  })

  it('takes any stat that agents report, and says what it takes of it', async () => {
    await live(20, 0.1, 1, { queue: 3, 'jobs.waiting': 40 })
    await live(20, 0.1, 1, { queue: 14, 'jobs.waiting': 40 })
    const view = await replayed(wish({ stat: 'queue', target: '5' }))
    assert.ok(view.changed.peak >= 3, `${view.changed.peak}: fourteen, of which each carries five`)
    assert.equal(view.present.peak, 1)
    assert.ok(view.notes.some((note) => note.startsWith('Of queue droplets are assumed to share')))
    assert.equal(
      (await rig.services.charts.load(view.chart!.id))?.subtitle.startsWith('demand in droplets at queue 5'),
      true,
    )
    const also = await replayed(wish({ also: 'jobs.waiting:10:sum:pool' }))
    assert.ok(also.changed.peak >= 4, `${also.changed.peak}: forty, of which each carries ten`)
  })

  it('leaves out other goals of which nothing is on record, and says so', async () => {
    await live(12, 0.3)
    const view = await replayed(wish({ also: 'queue:5,rps:30', min: '2' }))
    assert.ok(view.notes.includes('Nothing is recorded for queue and rps; that is left out.'), view.notes.join('\n'))
    assert.equal(view.changed.peak, 2)
  })

  it('says from when on a stat is on record', async () => {
    await live(20, 0.1)
    await live(15, 0.1, 1, { queue: 4 })
    const { notes } = await replayed(wish({ stat: 'queue', target: '5' }))
    assert.ok(
      notes.some((note) => /^queue is recorded from (20|19) min.* after the beginning only/.test(note)),
      notes.join('\n'),
    )
  })

  it('refuses what it cannot replay, and settings that are none', async () => {
    await live(12, 0.3)
    await refused(wish({ stat: 'queue', target: '5' }), 'conflict', /No agent of web reported queue in the last 1 d/)
    for (const stat of ['rps', 'p95', 'inflight']) {
      await refused(
        wish({ stat, target: '5' }),
        'badInput',
        new RegExp(`${stat} comes from the balancer and is not recorded`),
      )
    }
    await refused(wish({ max: '0' }), 'badInput', /max=0/)
    const [same] = await rig.ask(wish({ target: '80%' }))
    assert.ok(same?.kind === 'answer' && /already says that/.test(same.title))
    const { notes } = await replayed(wish({ mode: 'approve' }))
    assert.ok(notes.some((note) => note.startsWith('A replay always acts')))
  })

  it('applies the very change, as the one who pressed, while the policy is the one it was computed from', async () => {
    await live(12, 0.3)
    const view = await replayed(wish({ target: '50%', max: '6' }))
    const [changed] = await rig.ask(await press(view))
    assert.equal(changed?.kind, 'policy')
    const { policy } = (await rig.state()).pool
    assert.deepEqual([policy.target, policy.max], [0.5, 6])
    const [entry] = await rig.services.store.journal('web', 1)
    assert.deepEqual([entry?.actor.name, entry?.what], ['Ada', 'Policy: target: 80 % → 50 %, max: 4 → 6'])
    const [again] = await rig.ask(await press(view))
    assert.ok(again?.kind === 'answer' && /already says that/.test(again.title))
  })

  it('applies nothing once the policy has changed, and says so', async () => {
    await live(12, 0.3)
    const view = await replayed(wish({ target: '50%' }))
    await rig.ask({ kind: 'policy', changes: { min: '2' } })
    const before = await dump(rig.redis)
    await refused(await press(view), 'conflict', /nothing was applied.*\/spinup whatif target=50%$/)
    assert.deepEqual(await dump(rig.redis), before)
  })

  it('replays and applies the calendar', async () => {
    await live(12, 0.3)
    await refused(wish({ calendar: '"99 8 * * * for 1h min=3"' }), 'badInput', /not a cron line/)
    const view = await replayed(wish({ calendar: '"* * * * * for 10m min=3 Europe/Berlin"' }))
    assert.ok(view.changed.dropletHours > 0.5, `${view.changed.dropletHours}: three in twelve minutes`)
    await rig.ask(await press(view))
    assert.equal((await rig.state()).pool.policy.calendar[0]?.min, 3)
  })

  it('runs once at a time in a pool', async () => {
    await live(12, 0.3)
    const both = await Promise.allSettled([replayed(wish({ min: '2' })), replayed(wish({ min: '3' }))])
    assert.deepEqual(both.map((one) => one.status).toSorted(), ['fulfilled', 'rejected'])
    const lost = both.find((one) => one.status === 'rejected')
    assert.match(String(lost?.reason), /A replay of this pool is running/)
    assert.equal((await replayed(wish({ min: '3' }))).kind, 'whatif')
  })

  it('answers soon, and posts the card of a longer replay when it is done', async () => {
    await live(12, 0.3)
    const { replayer } = rig.services
    let go = (): void => undefined
    const gate = new Promise<void>((resolve) => (go = resolve))
    rig.services = {
      ...rig.services,
      replayer: { ...replayer, replay: (poolId, job) => gate.then(() => replayer.replay(poolId, job)) },
    }
    const [soon] = await rig.ask(wish({ min: '2' }))
    assert.ok(soon?.kind === 'answer' && /^Replaying \d+ min.* of web$/.test(soon.title), JSON.stringify(soon))
    assert.deepEqual(await rig.views('whatif'), [])
    go()
    const card = await until(async () => (await rig.views('whatif')).at(-1), { timeoutMs: 60_000, what: 'the card' })
    assert.equal(card.changes[0]?.name, 'min')
  })

  it('is broken off at its limit, with a word on what to do', async () => {
    await live(12, 0.3)
    const replayer = createReplayer({ deadlineMs: 1 })
    rig.services = { ...rig.services, replayer }
    await refused(wish({ min: '2' }), 'timeout', /ask for a shorter time/)
    await replayer.close()
    await refused(wish({ min: '2' }), 'unavailable', /stopping/)
  })
})
