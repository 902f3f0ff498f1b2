import { setTimeout as pause } from 'node:timers/promises'
import type { RespondFn } from '@slack/bolt'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { View } from '../../core/model/view.ts'
import { cardOf } from '../../core/cards/cards.ts'
import { CARD_TELLS } from '../chat.ts'
import { firstTaken } from '../upsert/platform.ts'
import { chatFailure, errorCodeOf, explain } from './failure.ts'
import type { Pictures } from './pictures.ts'
import { post } from './network.ts'
import type { SlackText } from './render/render.ts'
import type { Teams } from './teams.ts'
import { versionsOf } from './cards.ts'

/** Slack's short way back. */
export type Respond = (message: Exclude<Parameters<RespondFn>[0], string>) => Promise<unknown>

/** How a person can be answered. */
export interface Way {
  readonly team: string
  readonly user: string
  /** null: between the two of us. */
  readonly channel: string | null
  /** The thread it was said in, or that an answer begins; null: none. */
  readonly thread: string | null
  /** Nobody has answered there yet: Slack shows nothing to one person alone in a thread that has not begun. */
  readonly beginsThread?: boolean
  /** Slack's short way back: five times in half an hour, needing no permission. null: there is none. */
  readonly respond: Respond | null
}

/** Answers to what people typed and pressed. They are not kept: who wants to see them again asks again. */
export interface Answers {
  /** `inChannel`: what helps everyone is said to everyone. Never throws: a failure is reported, or logged at least. */
  give(way: Way, views: readonly View[], options: { readonly inChannel: boolean }): Promise<void>
}

/** Of Slack's five; the last is for a failure. */
const MOST_RESPONSES = 4
const LONGEST_PAUSE_MS = 10_000
const TRIES = 3

export function createAnswers(parts: {
  readonly teams: Teams
  readonly pictures: Pictures
  readonly now: () => number
  readonly log: Logger
}): Answers {
  const { teams, pictures, now, log } = parts

  async function give(way: Way, views: readonly View[], inChannel: boolean): Promise<void> {
    let responses = 0
    const respond = async (message: Parameters<Respond>[0]): Promise<boolean> => {
      if (way.respond === null || responses >= MOST_RESPONSES) return false
      responses++
      try {
        await way.respond(message)
        return true
      } catch (error) {
        log.debug(
          { reason: chatFailure(error, 'answer').message },
          'Slack’s response URL has expired; answering another way',
        )
        responses = MOST_RESPONSES
        return false
      }
    }
    const client = await teams.client(way.team)

    const toPerson = async (said: SlackText): Promise<void> => {
      const inThread = way.thread === null || way.beginsThread === true ? {} : { thread_ts: way.thread }
      if (await respond({ response_type: 'ephemeral', replace_original: false, ...said, ...inThread })) return
      if (way.channel !== null) {
        try {
          await patiently(() =>
            client.chat.postEphemeral({ channel: way.channel!, user: way.user, ...said, ...inThread }),
          )
          return
        } catch (error) {
          if (!isElsewhere(error)) throw error
        }
      }
      await patiently(() => post(client, { channel: way.user, ...said }))
    }

    /** Points at a card, by the way that cards take: where it is closed the card does not come either. */
    const toCard = async (said: SlackText): Promise<void> => {
      if (way.channel === null) return toPerson(said)
      try {
        await patiently(() => client.chat.postEphemeral({ channel: way.channel!, user: way.user, ...said }))
      } catch (error) {
        await toPerson(isElsewhere(error) && !way.channel.startsWith('D') ? INVITE : said)
      }
    }

    const toChannel = async (said: SlackText, thread: string | null): Promise<string | null> => {
      const inThread = thread === null ? {} : { thread_ts: thread }
      try {
        const channel = way.channel ?? way.user
        const { ts } = await patiently(() => post(client, { channel, ...said, ...inThread }))
        return ts ?? null
      } catch (error) {
        // Not invited: the short way back needs no permission, cards do.
        if (!isElsewhere(error)) throw error
        if (!(await respond({ response_type: 'in_channel', replace_original: false, ...said, ...inThread })))
          throw error
        // Nobody can be invited to what is between two people.
        if (!way.channel?.startsWith('D')) await toPerson(INVITE)
        return null
      }
    }

    for (const view of views) {
      const { versions, details } = versionsOf(view, await pictures.of(client, view), now())
      const everyone = inChannel && cardOf(view).audience === 'channel' && way.channel !== null
      const alone = view === CARD_TELLS ? toCard : toPerson
      const send = everyone ? toChannel : async (said: SlackText) => alone(said).then(() => null)
      const ts = await firstTaken(versions, (said) => send(said, way.thread), explain, log)
      const below = way.thread ?? ts
      if (details !== null) await firstTaken(details.versions, (said) => send(said, below), explain, log)
    }
  }

  return {
    give: async (way, views, { inChannel }) => {
      try {
        await give(way, views.length === 0 ? [CARD_TELLS] : views, inChannel)
      } catch (error) {
        const reason = chatFailure(error, 'answer').message
        log.warn({ team: way.team, channel: way.channel, reason }, 'could not answer in Slack')
        await way
          .respond?.({
            response_type: 'ephemeral',
            replace_original: false,
            text: `I could not answer here. ${reason}`,
          })
          .catch(() => undefined)
      }
    },
  }
}

const INVITE: SlackText = {
  text: 'I am not in this channel, so cards cannot appear here. Type /invite @Spinup; what waits comes with your next command.',
  blocks: [],
}

function isElsewhere(error: unknown): boolean {
  const code = errorCodeOf(error instanceof SpinupError ? error.cause : error)
  return code === 'not_in_channel' || code === 'channel_not_found' || code === 'user_not_in_channel'
}

/** Waits as Slack asks to, while a person does; anything else is not repeated, as it may have been done. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call()
    } catch (error) {
      const { retryAfterMs } = chatFailure(error, 'answer')
      if (retryAfterMs === null || retryAfterMs > LONGEST_PAUSE_MS || tries >= TRIES) throw error
      await pause(retryAfterMs)
    }
  }
}
