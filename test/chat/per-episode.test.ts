import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { REQUIRED_SCOPES, WISHED_SCOPES } from '../../src/chat/slack/options.ts'
import type { Chat } from '../../src/chat/chat.ts'
import { HOME_TEAM, startSlack } from '../fakes/slack/slack.ts'
import { cardOf } from '../../src/core/cards/cards.ts'
import type { Card } from '../../src/core/model/view.ts'
import { startRig as startEngine, type Rig as Engine } from '../engine/rig.ts'
import { running } from '../running.ts'
import { startRig as startDiscord } from './discord/rig.ts'
import { startRig as startSlackChat } from './slack/rig.ts'
import { isUnasked, median, wordsOf } from './words-per-card.ts'

/** What a chat was sent for something. */
interface Traffic {
  readonly messages: number
  readonly edits: number
  readonly uploads: number
}

const SWIFT = {
  scaleOutCooldownMs: 0,
  windowMs: 4000,
  scaleInWindowMs: 20_000,
  scaleInCooldownMs: 5000,
  slowMinute: 0.1,
  max: 4,
}

/** A crowd from its first clone to its last, told to both chats after every second. */
async function crowd(engine: Engine, chats: readonly (readonly [Pick<Chat, 'show'>, string])[]): Promise<void> {
  const second = async (cpu: number): Promise<void> => {
    await engine.run(1, cpu)
    await engine.services.outbox.deliver('console:main', async (card) => {
      for (const [chat, place] of chats) await chat.show(place, card)
    })
  }
  const spell = async (seconds: number, cpu: number): Promise<void> => {
    for (let at = 0; at < seconds; at++) await second(cpu)
  }
  const sizeIs = async (size: number): Promise<boolean> => {
    const { members, operations } = await engine.state()
    return members.length === size && operations.length === 0
  }
  for (let turn = 0; turn < 60 && !(await sizeIs(3)); turn++) {
    await spell(5, 0.95)
    await engine.work()
  }
  await spell(2, 0.3)
  for (let turn = 0; turn < 100 && !(await sizeIs(1)); turn++) {
    await spell(5, 0.05)
    await engine.work()
  }
  await spell(2, 0.05)
}

describe('what chats are sent for a crowd', () => {
  const engine = running(startEngine)

  it('is read at a glance, as it really is: whatever the card said, and that of a change by hand', async (context) => {
    await engine.reset(SWIFT)
    const seen = new Map<string, number>()
    const reader = {
      show: async (_place: string, { view }: Card) => {
        if (isUnasked(view)) seen.set(cardOf(view).headline, wordsOf(view, engine.now()))
      },
    }
    await crowd(engine, [[reader, '']])
    await engine.ask({ kind: 'scale', count: 3 })
    await engine.work()
    await engine.run(2, 0.3)
    for (const { view } of (await engine.cards()).values()) await reader.show('', { id: '', revision: 1, at: 0, view })
    for (const [headline, words] of seen) context.diagnostic(`${words} words: ${headline}`)
    const words = [...seen.values()]
    assert.ok(words.length >= 6, `${words.length} cards`)
    assert.ok(Math.max(...words) <= 60 && median(words) <= 25, words.join(', '))
  })

  it('is a card and its thread, a few edits, and two pictures, in Slack and in Discord', async (context) => {
    await engine.reset(SWIFT)
    const slack = await startSlack()
    const token = slack.install(HOME_TEAM, [...REQUIRED_SCOPES, ...WISHED_SCOPES]).text
    const slackRig = await startSlackChat({ slack, redis: engine.redis, settings: { botToken: token } })
    const discordRig = await startDiscord({ guilds: [{ name: 'team', channels: ['ops'] }] })
    try {
      const ops = `${HOME_TEAM}/${slack.workspace().channel('ops').id}`
      await crowd(engine, [
        [slackRig.chat, ops],
        [discordRig.chat(), discordRig.discord.place('team', 'ops')],
      ])
      const calls = (method: string): number => slack.calls.filter((call) => call.method === method).length
      const onSlack: Traffic = {
        messages: calls('chat.postMessage'),
        edits: calls('chat.update'),
        uploads: calls('files.completeUploadExternal'),
      }
      const { messages, threads } = discordRig.discord.channel('team', 'ops')
      const exchanges = discordRig.discord.exchanges()
      const onDiscord: Traffic = {
        messages: messages.length + threads.flatMap((thread) => thread.messages).length,
        edits: exchanges.filter(({ method, path }) => method === 'PATCH' && path.includes('/messages/')).length,
        uploads: exchanges.filter((one) => /multipart/.test(one.requestHeaders['content-type'] ?? '')).length,
      }
      context.diagnostic(`Slack ${JSON.stringify(onSlack)}, Discord ${JSON.stringify(onDiscord)}`)
      assert.deepEqual([onSlack.messages, onDiscord.messages], [2, 2], 'a card and its details')
      assert.deepEqual([onSlack.uploads, onDiscord.uploads], [2, 2], 'at the start and at the end')
      assert.ok(onSlack.edits <= 16 && onDiscord.edits <= 16, `${onSlack.edits} and ${onDiscord.edits} edits`)
      assert.match(messages[0]?.text ?? '', /crowd .*: 1 → \d → 1/)
    } finally {
      await slackRig.stop()
      await slack.close()
      await discordRig.stop()
    }
  })
})
