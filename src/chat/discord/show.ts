import { Routes, SnowflakeUtil, type REST } from 'discord.js'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { Card, View } from '../../core/model/view.ts'
import type { Chat, Shown, ShownCard } from '../chat.ts'
import { placeIds } from './asker.ts'
import { chatFailure, CODE, codeOf } from './failure.ts'
import type { Outgoing } from './outgoing.ts'
import { findMarked, idOf, marked, nonceOf, orInWords, saysTheSame } from './sent.ts'
import { createThreads } from './threads.ts'

/** What Discord takes for the same message sent twice it forgets after some minutes. */
const NONCE_MS = 2 * 60_000
const CLOCKS_APART_MS = 60_000

/** Shows cards: sent once, edited in place ever after, their details in a thread of their own. */
export function createShow(options: {
  readonly rest: REST
  readonly shown: Shown
  readonly outgoing: (view: View) => Promise<Outgoing>
  readonly now: () => number
  readonly log: Logger
}): Chat['show'] {
  const { rest, shown, now } = options
  const threads = createThreads(options)

  /** The message as it is now; null: somebody deleted it. */
  async function edit(channelId: string, messageId: string, message: Outgoing): Promise<string | null> {
    try {
      await orInWords(message, (body, files) =>
        rest.patch(Routes.channelMessage(channelId, messageId), { body, files }),
      )
      return messageId
    } catch (error) {
      if (codeOf(error) === CODE.unknownMessage) return null
      throw error
    }
  }

  async function send(channelId: string, card: Card, before: string, message: Outgoing): Promise<string> {
    const nonce = nonceOf(channelId, card.id, before)
    return orInWords(message, async (body, files) => {
      const sent = await rest.post(Routes.channelMessages(channelId), {
        body: { ...marked(body, card.id), nonce, enforce_nonce: true },
        files,
      })
      const id = idOf(sent)
      // An earlier try had come through after all, with what the card was then.
      if (!saysTheSame(sent, body)) await rest.patch(Routes.channelMessage(channelId, id), { body, files })
      return id
    })
  }

  /** A card that a bot sent and died before it could write so down; null: there is none. */
  async function find(channelId: string, cardId: string, since: number): Promise<string | null> {
    const after = SnowflakeUtil.generate({ timestamp: since - CLOCKS_APART_MS }).toString()
    try {
      const query = new URLSearchParams({ after, limit: '100' })
      return findMarked(await rest.get(Routes.channelMessages(channelId), { query }), cardId)
    } catch (error) {
      // Without “Read Message History” nothing is found; one card twice is better than none.
      if (codeOf(error) === CODE.missingAccess || codeOf(error) === CODE.missingPermissions) return null
      throw error
    }
  }

  /** The id of the message that shows the card now; one that was deleted is sent anew. */
  async function main(channelId: string, card: Card, known: ShownCard | null, message: Outgoing): Promise<string> {
    if (known !== null && known.message !== null && known.extra['main'] === String(card.revision)) return known.message
    const forgotten = known !== null && known.message === null && now() - known.at > NONCE_MS
    const there = forgotten ? await find(channelId, card.id, known.at) : (known?.message ?? null)
    const edited = there === null ? null : await edit(channelId, there, message)
    return edited ?? send(channelId, card, there ?? '', message)
  }

  return async (channel, card) => {
    const place = placeIds(channel)
    if (place === null) throw new SpinupError('chatFailed', `“${channel}” is no Discord channel.`, { retryable: false })
    const known = await shown.get(channel, card.id)
    if (known?.state === 'shown' && known.revision >= card.revision) return
    const message = await options.outgoing(card.view)
    const begun: ShownCard = known ?? { state: 'sending', message: null, revision: -1, at: now(), extra: {} }
    if (known === null) await shown.set(channel, card.id, begun)
    try {
      const id = await main(place.channelId, card, known, message)
      const moved = begun.message !== null && begun.message !== id
      const extra = { ...(moved ? {} : begun.extra), main: String(card.revision) }
      const there: ShownCard = { ...begun, state: 'shown', message: id, extra }
      // The revision follows when the thread is done too, so that a failure there is made up for.
      if (message.thread !== null) await shown.set(channel, card.id, there)
      const whole = await threads.show({ channelId: place.channelId, messageId: id, card, message, extra })
      await shown.set(channel, card.id, { ...there, revision: card.revision, extra: whole })
    } catch (error) {
      throw chatFailure(error)
    }
  }
}
