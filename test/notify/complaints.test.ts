import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { newSubscription } from '../../src/store/subscriptions.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { destinationOf } from '../../src/core/model/platforms.ts'
import type { AlertView, Card } from '../../src/core/model/view.ts'
import { openNotices } from '../../src/notify/complaints.ts'
import { quiet } from '../redis.ts'
import { T } from '../store/example-state.ts'
import { CONSOLE, episode, LOUD, OPS, startStage, THEIRS } from './stage.ts'
import { running } from '../running.ts'

const ops = destinationOf(OPS)
const loud = destinationOf(LOUD)
const theirs = destinationOf(THEIRS)
const DAY = 86_400_000

describe('what could not be delivered', () => {
  const stage = running(startStage)
  beforeEach(async () => {
    await stage.reset()
    for (const place of [OPS, LOUD, THEIRS]) await stage.notices.change(place, () => newSubscription(place))
  })
  const alerts = async (destination: string): Promise<readonly AlertView[]> =>
    [...(await stage.shown(destination)).values()].map(({ view }) => view).filter((view) => view.kind === 'alert')

  it('a refused card is told on the console, once, with the reason', async () => {
    const card: Card = { id: 'e', revision: 1, at: T, view: episode() }
    await stage.complaints.cardRefused(ops, card, 'too many blocks')
    await stage.complaints.cardRefused(ops, { ...card, revision: 2 }, 'too many blocks')
    const [told, ...more] = await alerts(CONSOLE)
    assert.deepEqual(more, [])
    assert.match(told?.title ?? '', /could not be shown in channel T1\/C1 on slack/)
    assert.match(told?.text ?? '', /“shop: scaling out 2 → 4, 1 of 2 in service” was refused: too many blocks/)
    for (const other of [ops, loud, theirs]) assert.deepEqual(await alerts(other), [])
  })

  it('a channel that is gone is told in the other channels of its team and on the console, until it is back', async () => {
    await stage.complaints.destinationRefused(ops, 'The channel is gone.')
    stage.pass(600_000)
    await stage.complaints.destinationRefused(ops, 'The channel is gone.')
    for (const other of [CONSOLE, loud]) {
      const [told, ...more] = await alerts(other)
      assert.deepEqual(more, [])
      assert.match(told?.title ?? '', /I cannot post to channel T1\/C1 on slack/)
      assert.deepEqual([told?.state, told?.since], ['active', T])
    }
    for (const none of [ops, theirs]) assert.deepEqual(await alerts(none), [])
    await stage.complaints.arrived(ops)
    await stage.complaints.arrived(ops)
    for (const other of [CONSOLE, loud]) {
      assert.deepEqual(
        (await alerts(other)).map(({ state, tone }) => [state, tone]),
        [['resolved', 'good']],
      )
    }
  })

  it('a chat from which nothing comes is reported to the installation’s own team, once, until it is back', async () => {
    const trouble = new SpinupError('unauthorised', 'Discord refuses the bot’s token.')
    const discord = { platform: 'discord', label: 'Discord' }
    await stage.complaints.hearing(discord, null)
    for (const one of [CONSOLE, ops]) assert.deepEqual(await alerts(one), [])
    await stage.complaints.hearing(discord, trouble)
    stage.pass(600_000)
    await stage.complaints.hearing(discord, trouble)
    await stage.complaints.hearing({ platform: 'slack' }, null)
    for (const one of [CONSOLE, ops, loud]) {
      const [alert, ...more] = await alerts(one)
      assert.deepEqual(more, [])
      assert.match(alert?.title ?? '', /Nothing typed or pressed in Discord reaches me/)
      assert.match(alert?.text ?? '', /refuses the bot’s token/)
      assert.deepEqual([alert?.state, alert?.since], ['active', T])
    }
    assert.deepEqual(await alerts(theirs), [])
    await stage.complaints.hearing(discord, null)
    await stage.complaints.hearing(discord, null)
    for (const one of [CONSOLE, ops, loud]) {
      assert.deepEqual(
        (await alerts(one)).map(({ state, title }) => [state, title.startsWith('Resolved: ')]),
        [['resolved', true]],
      )
    }
  })

  it('is found again by a bot that starts later, as the same trouble', async () => {
    await stage.complaints.destinationRefused(ops, 'The token was revoked.')
    stage.pass(1000)
    const { complaints } = openNotices({
      redis: stage.redis,
      outbox: stage.outbox,
      always: [CONSOLE],
      now: stage.now,
      log: quiet,
    })
    await complaints.destinationRefused(ops, 'The token was revoked.')
    assert.equal((await alerts(loud)).length, 1)
    await complaints.arrived(ops)
    assert.deepEqual(
      (await alerts(loud)).map(({ state }) => state),
      ['resolved'],
    )
  })

  it('channels that are all refused do not pile up word of each other', async () => {
    await stage.complaints.destinationRefused(ops, 'gone')
    await stage.complaints.destinationRefused(loud, 'gone')
    assert.equal((await alerts(ops)).length, 0)
    assert.equal((await alerts(loud)).length, 1, 'it was told before it was refused itself')
    assert.equal((await alerts(CONSOLE)).length, 2)
  })

  it('of another workspace is shown there, and neither on the console nor to the installation’s own team', async () => {
    const second = { ...THEIRS, channel: 'T2/C2' }
    await stage.notices.change(second, () => newSubscription(second))
    await stage.complaints.destinationRefused(theirs, 'gone')
    await stage.complaints.cardRefused(theirs, { id: 'e', revision: 1, at: T, view: episode() }, 'too many blocks')
    assert.equal((await alerts(destinationOf(second))).length, 2)
    for (const none of [CONSOLE, ops, loud]) assert.deepEqual(await alerts(none), [])
  })

  it('of a channel whose team is not known is on the console without its name and without what the card says', async () => {
    await stage.complaints.cardRefused('slack:T9/C9', { id: 'e', revision: 1, at: T, view: episode() }, 'no_text')
    const [alert] = await alerts(CONSOLE)
    assert.match(alert?.text ?? '', /no_text/)
    assert.doesNotMatch(JSON.stringify(alert), /T9|C9|shop/)
  })

  it('a channel that was refused for a week is left', async () => {
    await stage.complaints.destinationRefused(ops, 'gone')
    stage.pass(7 * DAY)
    await stage.complaints.destinationRefused(ops, 'gone')
    assert.ok((await stage.notices.settings(OPS)) !== null)
    stage.pass(1000)
    await stage.complaints.destinationRefused(ops, 'gone')
    assert.equal(await stage.notices.settings(OPS), null)
    const [told] = await alerts(loud)
    assert.equal(told?.state, 'resolved')
    assert.match(told?.text ?? '', /I stopped posting there/)
  })
})
