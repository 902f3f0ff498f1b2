import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { destinationOf } from '../../src/core/model/platforms.ts'
import type { DigestView } from '../../src/core/model/view.ts'
import { openNotices } from '../../src/notify/complaints.ts'
import { createOutbox } from '../../src/store/outbox.ts'
import { quiet } from '../redis.ts'
import { T } from '../store/example-state.ts'
import { alert, CONSOLE, episode, OPS, proposal, resolved, startStage } from './stage.ts'
import { running } from '../running.ts'

const ops = destinationOf(OPS)
const MINUTE = 60_000
const HOUR = 3600_000

describe('a channel that is spared', () => {
  const stage = running(startStage)
  beforeEach(async () => {
    await stage.reset()
    await stage.notices.join(OPS, 'web')
  })
  const snooze = async (forMs: number): Promise<void> => {
    const from = stage.now()
    await stage.notices.change(OPS, (before) => before && { ...before, snooze: { from, until: from + forMs } })
  }
  const round = (): Promise<void> => stage.notices.showDigests(stage.now())
  const digests = async (): Promise<readonly DigestView[]> =>
    [...(await stage.shown(ops)).values()].map(({ view }) => view).filter((view) => view.kind === 'digest')
  const others = async (): Promise<readonly string[]> =>
    [...(await stage.shown(ops)).values()].filter(({ view }) => view.kind !== 'digest').map(({ id }) => id)

  it('gets one digest of what happened, each card once, in its final state, oldest first', async () => {
    await snooze(HOUR)
    const from = stage.now()
    await stage.tell('e1', episode())
    stage.pass(MINUTE)
    await stage.tell('silent', alert('warn'))
    stage.pass(MINUTE)
    await stage.tell('e1', episode({ stage: 'settled' }))
    await stage.tell('silent', resolved())
    await stage.tell('e2', episode({ stage: 'failed', to: 9 }))
    await round()
    assert.deepEqual([...(await stage.shown(ops)).keys()], [], 'nothing while it lasts')
    stage.pass(HOUR)
    await round()
    await round()
    const [digest, ...more] = await digests()
    assert.deepEqual(more, [])
    assert.ok(digest !== undefined)
    assert.deepEqual(
      digest.entries.map(({ at, tone, title }) => [at - T, tone, title]),
      [
        [0, 'good', 'web: shop: scaled out 2 → 4'],
        [MINUTE, 'good', 'web: Resolved after 48 s: web-2 is silent'],
        [2 * MINUTE, 'bad', 'web: shop: scaling out 2 → 9 failed, 1 of 7 in service'],
      ],
    )
    assert.deepEqual([digest.fromAt, digest.toAt], [from, stage.now()])
    assert.deepEqual(await others(), [])
    assert.equal((await stage.shown(CONSOLE)).size, 3, 'the console had them all at once')
  })

  it('is told of questions and bad news at once', async () => {
    await snooze(HOUR)
    await stage.tell('p', proposal())
    await stage.tell('bad', alert('bad'))
    await stage.tell('warning', alert('warn'))
    assert.deepEqual((await others()).toSorted(), ['bad', 'p'])
    await stage.tell('p', proposal({ state: 'expired' }))
    await stage.tell('bad', resolved())
    stage.pass(HOUR)
    await round()
    assert.deepEqual((await others()).toSorted(), ['bad', 'p'])
    assert.deepEqual(
      (await digests()).map(({ entries }) => entries.length),
      [1],
    )
  })

  it('is told at once when what was held turns bad, and that is not on the digest then', async () => {
    await snooze(HOUR)
    await stage.tell('silent', alert('warn'))
    await stage.tell('silent', alert('bad'))
    assert.deepEqual(await others(), ['silent'])
    stage.pass(HOUR)
    await round()
    assert.deepEqual(await digests(), [])
  })

  it('goes on seeing the cards change that were there before', async () => {
    await stage.tell('e', episode())
    await stage.shown(ops)
    await snooze(HOUR)
    await stage.tell('e', episode({ stage: 'settled' }))
    const view = (await stage.shown(ops)).get('e')?.view
    assert.ok(view?.kind === 'episode' && view.stage === 'settled')
    stage.pass(HOUR)
    await round()
    assert.deepEqual(await digests(), [])
  })

  it('has a digest that goes on with what was still under way, without a second message', async () => {
    await snooze(HOUR)
    await stage.tell('e', episode())
    stage.pass(HOUR)
    await round()
    assert.deepEqual(
      (await digests())[0]?.entries.map(({ title }) => title),
      ['web: shop: scaling out 2 → 4, 1 of 2 in service'],
    )
    await stage.tell('e', episode({ stage: 'settled' }))
    await round()
    const shown = await stage.shown(ops)
    assert.equal(shown.size, 1)
    assert.deepEqual(
      (await digests())[0]?.entries.map(({ title }) => title),
      ['web: shop: scaled out 2 → 4'],
    )
    await stage.tell('e', episode({ stage: 'settled' }))
    await round()
    assert.deepEqual(await stage.outbox.waiting(), [CONSOLE], 'the same again is silent')
  })

  it('that is woken early gets its digest then, and another one for the next time', async () => {
    await snooze(HOUR)
    await stage.tell('e1', episode())
    stage.pass(MINUTE)
    await stage.notices.change(OPS, (before) => before && { ...before, snooze: null })
    await round()
    assert.equal((await digests()).length, 1)
    await stage.tell('e2', episode())
    assert.deepEqual(await others(), ['e2'])
    stage.pass(MINUTE)
    await snooze(HOUR)
    await stage.tell('e3', episode())
    stage.pass(2 * HOUR)
    await round()
    const all = await digests()
    assert.deepEqual(
      all.map(({ entries }) => entries.length),
      [1, 1],
    )
  })

  it('has its quiet hours by its own clock, every night', async () => {
    await stage.notices.change(
      OPS,
      (before) => before && { ...before, quiet: { from: 22 * 60, to: 7 * 60 }, timeZone: 'Europe/Berlin' },
    )
    for (const [night, day] of [24, 25].entries()) {
      stage.pass(Date.parse(`2026-11-${day}T01:00:00Z`) - stage.now())
      await stage.tell(`night-${day}`, episode())
      await round()
      stage.pass(5 * HOUR - 1)
      await round()
      assert.equal((await digests()).length, night)
      stage.pass(1)
      await round()
      const all = await digests()
      assert.equal(all.length, night + 1)
      assert.equal(new Date(all[night]!.fromAt).toISOString(), `2026-11-${day - 1}T21:00:00.000Z`)
      await stage.tell(`day-${day}`, episode())
    }
    assert.deepEqual(await others(), ['day-24', 'day-25'])
  })

  it('gets one digest also when two bots make it, and one that starts later finds what was held', async () => {
    await snooze(HOUR)
    for (let index = 0; index < 20; index++) await stage.tell(`e${index}`, episode({ to: index + 3 }))
    stage.pass(HOUR)
    const bots = [1, 2, 3].map(
      () =>
        openNotices({
          redis: stage.redis,
          outbox: createOutbox(stage.redis),
          always: [CONSOLE],
          now: stage.now,
          log: quiet,
        }).notices,
    )
    await Promise.all(bots.map((bot) => bot.showDigests(stage.now())))
    await Promise.all(bots.map((bot, index) => bot.showDigests(stage.now() + index)))
    assert.deepEqual(
      (await digests()).map(({ entries }) => entries.length),
      [20],
    )
  })

  it('is told every state by someone, with changes and rounds at once', async () => {
    await snooze(HOUR)
    const cards = Array.from({ length: 30 }, (_, index) => `e${index}`)
    for (const id of cards) await stage.tell(id, episode())
    stage.pass(HOUR)
    await Promise.all([
      ...cards.map((id) => stage.tell(id, episode({ stage: 'settled' }))),
      round(),
      round(),
      ...cards.map((id) => stage.tell(id, episode({ stage: 'settled' }))),
    ])
    await round()
    const alone = [...(await stage.shown(ops)).values()].filter(
      ({ view }) => view.kind === 'episode' && view.stage === 'settled',
    )
    const told = (await digests()).flatMap(({ entries }) => entries).filter(({ tone }) => tone === 'good')
    assert.equal(alone.length + told.length, 30)
  })

  it('forgets what was held when it leaves', async () => {
    await snooze(HOUR)
    await stage.tell('e', episode())
    await stage.notices.leave(ops)
    await stage.notices.join(OPS, 'web')
    stage.pass(HOUR)
    await round()
    assert.deepEqual(await digests(), [])
  })
})
