import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { SpinupError, type ErrorCode } from '../../../src/core/model/error.ts'
import type { View } from '../../../src/core/model/view.ts'
import { exampleViews } from '../../example-views.ts'
import { PERMISSIONS } from '../../fakes/discord/records.ts'
import type { ShownChannel } from '../../fakes/discord/shown.ts'
import { cardOf, startRig, type Rig } from './rig.ts'

const VIEWS = exampleViews(Date.now())
const EPISODE = VIEWS.episode
const DONE: View = { ...EPISODE, stage: 'settled', endedAt: EPISODE.startedAt + 30_000 }

async function failure(work: Promise<unknown>, code: ErrorCode = 'chatFailed'): Promise<SpinupError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof SpinupError, String(error))
  assert.equal(error.code, code)
  return error
}

describe('Discord’s cards', () => {
  let rig: Rig
  let id = 0
  before(async () => {
    rig = await startRig({ guilds: [{ name: 'team', channels: ['ops', 'quiet'] }] })
  })
  after(async () => {
    await rig.stop()
    assert.deepEqual(rig.discord.violations(), [])
  })
  afterEach(() => rig.discord.faults.clear())

  const at = (channel = 'ops'): string => rig.discord.place('team', channel)
  const seen = (channel = 'ops'): ShownChannel => rig.discord.channel('team', channel)
  const show = (view: View, revision = 1, card = `card-${id}`, channel = 'ops'): Promise<void> =>
    rig.chat().show(at(channel), cardOf(view, revision, card))
  const fresh = (): { readonly messages: number; readonly threads: number } => {
    id++
    return { messages: seen().messages.length, threads: seen().threads.length }
  }

  it('are sent once and edited in place, with their details and chart in one message of a thread', async () => {
    const before = fresh()
    await show(EPISODE, 1)
    await show({ ...EPISODE, reason: 'It goes on.' }, 2)
    await show(DONE, 3)
    const { messages, threads } = seen()
    assert.equal(messages.length, before.messages + 1)
    const card = messages.at(-1)
    assert.equal(card?.edits, 2)
    assert.ok(card.isV2 && card.answer === false)
    assert.match(card.text, /scaled out/)
    assert.ok(card.nonce !== null && card.nonce.length <= 25)
    assert.equal(threads.length, before.threads + 1)
    const thread = threads.at(-1)
    assert.equal(thread?.messages.length, 1)
    assert.equal(thread.messages[0]?.attachments[0]?.contentType, 'image/png')
    assert.ok((thread.messages[0]?.altTexts[0]?.length ?? 0) > 10)
  })

  it('of an older or the same revision change nothing', async () => {
    fresh()
    await show(DONE, 5)
    const requests = rig.discord.exchanges().length
    await show(EPISODE, 4)
    await show(EPISODE, 5)
    assert.equal(rig.discord.exchanges().length, requests)
  })

  it('leave alone what says the same already', async () => {
    fresh()
    await show(DONE, 1)
    await show(DONE, 2)
    assert.equal(seen().threads.at(-1)?.messages[0]?.edits, 0)
    assert.equal(seen().messages.at(-1)?.edits, 0)
  })

  it('are shown once where an answer was lost at any step, and complete after the next try', async () => {
    for (const [path, known] of [
      [/\/messages$/, false],
      [/\/threads$/, false],
      [/\/messages\/\d+$/, true],
    ] as const) {
      const before = fresh()
      if (known) await show(EPISODE, 1)
      rig.discord.faults.add({ kind: 'loseAnswer', match: { path }, times: 5 })
      const lost = await failure(show({ ...EPISODE, reason: 'Of the first try.' }, 2))
      assert.equal(lost.retryable, true)
      rig.discord.faults.clear()
      // By the next try there is something newer to tell.
      await show(DONE, 3)
      assert.equal(seen().messages.length, before.messages + 1, String(path))
      assert.equal(seen().threads.length, before.threads + 1, String(path))
      assert.equal(seen().threads.at(-1)?.messages.length, 1, String(path))
      assert.match(seen().messages.at(-1)?.text ?? '', /scaled out/)
    }
  })

  it('tell the newest in their thread, too, when what was sent first came through unnoticed', async () => {
    const before = fresh()
    const first = { ...EPISODE, members: [] }
    rig.discord.faults.add({ kind: 'loseAnswer', match: { method: 'POST', path: /\/messages$/ }, skip: 1, times: 5 })
    await failure(show(first, 1))
    rig.discord.faults.clear()
    await show(EPISODE, 2)
    const { threads, messages } = seen()
    assert.equal(messages.length, before.messages + 1)
    assert.equal(threads.at(-1)?.messages.length, 1)
    assert.match(threads.at(-1)?.messages[0]?.text ?? '', /shop-3/)
  })

  it('edit nothing twice when only their thread has to be tried again', async () => {
    fresh()
    rig.discord.faults.add({ kind: 'serverError', match: { path: /\/threads$/ }, times: 3 })
    await failure(show(EPISODE, 1))
    await show(EPISODE, 1)
    assert.equal(seen().messages.at(-1)?.edits, 0)
    assert.equal(seen().threads.at(-1)?.messages.length, 1)
  })

  it('are known again by a new bot, and by one whose predecessor died while sending', async () => {
    const before = fresh()
    rig.discord.faults.add({ kind: 'loseAnswer', match: { method: 'POST', path: /\/messages$/ }, times: 5 })
    await failure(show(EPISODE, 1))
    rig.discord.faults.clear()
    await rig.restart()
    await show(EPISODE, 1)
    await rig.restart()
    await show(DONE, 2)
    assert.equal(seen().messages.length, before.messages + 1)
    assert.equal(seen().messages.at(-1)?.edits, 1)
  })

  it('are found by their mark when Discord has forgotten the nonce', async () => {
    const before = fresh()
    rig.discord.faults.add({ kind: 'loseAnswer', match: { method: 'POST', path: /\/messages$/ }, times: 5 })
    await failure(show(EPISODE, 1))
    rig.discord.faults.clear()
    // It was ten minutes ago.
    const begun = await rig.shown.get(at(), `card-${id}`)
    assert.equal(begun?.state, 'sending')
    await rig.shown.set(at(), `card-${id}`, { ...begun, at: begun.at - 600_000 })
    await show(DONE, 2)
    assert.equal(seen().messages.length, before.messages + 1)
    assert.equal(seen().messages.at(-1)?.edits, 1)
  })

  it('that somebody deleted are told anew', async () => {
    const before = fresh()
    await show(EPISODE, 1)
    rig.discord.deleteMessage(seen().messages.at(-1)?.id ?? '')
    await show(DONE, 2)
    assert.equal(seen().messages.length, before.messages + 1)
    assert.match(seen().messages.at(-1)?.text ?? '', /scaled out/)
  })

  it('say how long to wait when Discord is asked too much, and do not wait themselves', async () => {
    const slow = await startRig({ guilds: [{ name: 'team', channels: ['ops', 'other'] }] })
    try {
      for (const global of [false, true]) {
        slow.discord.faults.add({ kind: 'rateLimited', retryAfterMs: 60_000, global, match: { path: /\/messages$/ } })
        const refused = await failure(slow.chat().show(slow.discord.place('team', 'ops'), cardOf(EPISODE)))
        assert.equal(refused.retryable, true)
        const waitMs = refused.retryAfterMs ?? 0
        assert.ok(waitMs > 20_000 && waitMs <= 61_000, String(waitMs))
        // One channel that is full says nothing of another.
        if (!global) await slow.chat().show(slow.discord.place('team', 'other'), cardOf(EPISODE))
      }
      assert.deepEqual(slow.discord.violations(), [])
    } finally {
      await slow.stop()
    }
  })

  it('are words alone where Discord refuses the card, and never lose their Components V2', async () => {
    await rig.restart()
    const before = fresh()
    const refusal = { kind: 'refused', status: 400, code: 50_035, message: 'Invalid Form Body' } as const
    rig.discord.faults.add({ ...refusal, match: { method: 'POST', path: /\/messages$/ } })
    await show(VIEWS.cost, 1)
    assert.equal(seen().messages.length, before.messages + 1)
    assert.equal(seen().messages.at(-1)?.components[0]?.['type'], 10)
    await show(VIEWS.cost, 2)
    assert.equal(seen().messages.at(-1)?.components[0]?.['type'], 17)
    rig.discord.faults.add({ ...refusal, match: { method: 'PATCH' } })
    await show({ ...VIEWS.cost, monthDollars: 7 }, 3)
    const last = seen().messages.at(-1)
    assert.ok(last?.isV2)
    assert.equal(last.components[0]?.['type'], 10)
    assert.equal(last.attachments.length, 0)
  })

  it('fail for good, with what to do, where the bot may not post', async () => {
    fresh()
    const channel = rig.discord.channelOf('team', 'quiet')
    const cases = [
      [PERMISSIONS.viewChannel, /View Channel/],
      [PERMISSIONS.sendMessages, /Send Messages/],
    ] as const
    for (const [bit, words] of cases) {
      channel.denied = bit
      const refused = await failure(show(EPISODE, 1, 'forbidden', 'quiet'), 'unauthorised')
      assert.equal(refused.retryable, false)
      assert.match(refused.message, words)
    }
    channel.denied = 0n
    const nowhere = `${at().split('/')[0]}/123456789012345678`
    const gone = await failure(rig.chat().show(nowhere, cardOf(EPISODE)), 'unauthorised')
    assert.equal(gone.retryable, false)
    assert.match(gone.message, /gone/)
    const odd = await failure(rig.chat().show('../../users/@me', cardOf(EPISODE)))
    assert.equal(odd.retryable, false)
  })

  it('are shown without a thread where the bot may not begin one', async () => {
    fresh()
    const channel = rig.discord.channelOf('team', 'quiet')
    channel.denied = PERMISSIONS.createPublicThreads
    await show(EPISODE, 1, 'threadless', 'quiet')
    channel.denied = 0n
    await show(DONE, 2, 'threadless', 'quiet')
    assert.equal(seen('quiet').messages.length, 1)
    assert.equal(seen('quiet').messages[0]?.edits, 1)
    assert.equal(seen('quiet').threads.length, 0)
  })

  it('wake their thread when it was archived meanwhile', async () => {
    fresh()
    await show(EPISODE, 1)
    rig.discord.archiveThreads()
    await show(DONE, 2)
    assert.equal(seen().threads.at(-1)?.messages[0]?.edits, 1)
  })

  it('come without their picture where the bot may not attach one', async () => {
    const channel = rig.discord.channelOf('team', 'quiet')
    channel.denied = PERMISSIONS.attachFiles
    await show(VIEWS.summary, 1, 'pictureless', 'quiet')
    channel.denied = 0n
    assert.equal(seen('quiet').messages.at(-1)?.attachments.length, 0)
    await show(VIEWS.summary, 2, 'pictureless', 'quiet')
    assert.equal(seen('quiet').messages.at(-1)?.attachments.length, 1)
  })

  it('of every kind fit, again and again', async () => {
    for (const view of Object.values(VIEWS)) {
      fresh()
      await show(view, 1)
      await show(VIEWS.help, 2)
      await show(view, 3)
      assert.equal(seen().messages.at(-1)?.edits, view.kind === 'help' ? 0 : 2, view.kind)
    }
  })

  it('hold their pace as Discord sets it', async () => {
    // No machine is so slow that it would be over before it is felt.
    const paced = await startRig({ pace: { requests: 5, perMs: 120_000 } })
    try {
      const place = paced.discord.place('team', 'ops')
      let waits = 0
      for (let revision = 1; revision <= 9; revision++) {
        try {
          await paced.chat().show(place, cardOf({ ...VIEWS.cost, monthDollars: revision }, revision))
        } catch (error) {
          assert.ok(error instanceof SpinupError && error.retryAfterMs !== null)
          waits++
        }
      }
      assert.ok(waits > 0)
      assert.equal(paced.discord.refused(), 0, 'the SDK counts along and sends nothing that would be refused')
      assert.deepEqual(paced.discord.violations(), [])
    } finally {
      await paced.stop()
    }
  })
})
