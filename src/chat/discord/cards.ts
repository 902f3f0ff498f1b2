import { createHash } from 'node:crypto'
import { Routes, SnowflakeUtil, ThreadAutoArchiveDuration, type REST } from 'discord.js'
import { SpinupError } from '../../core/model/error.ts'
import type { View } from '../../core/model/view.ts'
import type { CardChannel, CardPlatform, Spot } from '../upsert/platform.ts'
import { placeIds } from './commands.ts'
import { CODE, codeOf, explain } from './failure.ts'
import { pictureIn, versionsOf, type Body, type Message, type Outgoing } from './outgoing.ts'

/** What Discord takes for the same message sent twice it forgets after some minutes. */
const NONCE_MS = 2 * 60_000
const CLOCKS_APART_MS = 60_000
const MOST_ATTACHED = 5000

/** The calls by which a card is shown in Discord. */
export function createCards(options: {
  readonly rest: REST
  readonly outgoing: (view: View) => Promise<Outgoing>
  readonly now: () => number
}): CardPlatform<Message> {
  const { rest, outgoing, now } = options
  /** The pictures that messages have, by place and card, as far as this bot put them there: they are not uploaded again. */
  const attached = new Map<string, string>()
  const pictureOf = new WeakMap<Message, string>()
  const keyOf = (spot: Spot): string => JSON.stringify([placeOf(spot), spot.card, spot.part])

  function note(spot: Spot, message: Message): void {
    if (attached.size >= MOST_ATTACHED) attached.clear()
    if (message.files.length > 0) attached.set(keyOf(spot), pictureOf.get(message) ?? '')
    else attached.delete(keyOf(spot))
  }

  /** A thread that was quiet for long is archived, and nothing in it can be edited. */
  async function awake(thread: string | null, edit: () => Promise<unknown>): Promise<void> {
    try {
      await edit()
    } catch (error) {
      if (thread === null || codeOf(error) !== CODE.threadArchived) throw error
      await rest.patch(Routes.channel(thread), { body: { archived: false } })
      await edit()
    }
  }

  const calls: Omit<CardChannel<Message>, 'name' | 'openThread'> = {
    async *draw({ view }) {
      const message = await outgoing(view)
      const { thread } = message
      const details = thread === null ? null : { title: thread.name, versions: [thread] }
      const versions = versionsOf(message)
      for (const one of [...versions, ...(thread === null ? [] : [thread])]) pictureOf.set(one, pictureIn(view))
      yield { versions, details, whole: true, keep: {} }
    },
    async post(spot, message, key) {
      const { body, files } = message
      const place = placeOf(spot)
      const sent = await rest.post(Routes.channelMessages(place), {
        body: { ...marked(body, spot.card), nonce: nonceOf(place, key), enforce_nonce: true },
        files,
      })
      const id = idOf(sent)
      // An earlier try had come through after all, with what was to be said then.
      if (!saysTheSame(sent, body)) await rest.patch(Routes.channelMessage(place, id), { body, files })
      note(spot, message)
      return { id, channel: spot.channel }
    },
    async edit(spot, id, message) {
      const { body, files } = message
      const { attachments: _, ...kept } = body
      const isThere = files.length > 0 && attached.get(keyOf(spot)) === pictureOf.get(message)
      const sent = isThere ? { body: kept } : { body, files }
      try {
        await awake(spot.thread, () => rest.patch(Routes.channelMessage(placeOf(spot), id), sent))
      } catch (error) {
        attached.delete(keyOf(spot))
        throw error
      }
      note(spot, message)
    },
    async findUnconfirmed(spot, since) {
      // Until then Discord itself sees that it is the same.
      if (now() - since <= NONCE_MS) return null
      const after = SnowflakeUtil.generate({ timestamp: since - CLOCKS_APART_MS }).toString()
      try {
        const query = new URLSearchParams({ after, limit: '100' })
        return findMarked(await rest.get(Routes.channelMessages(placeOf(spot)), { query }), spot.card)
      } catch (error) {
        // Without “Read Message History” nothing is found; one card twice is better than none.
        if (codeOf(error) === CODE.missingAccess || codeOf(error) === CODE.missingPermissions) return null
        throw error
      }
    },
  }

  return {
    explain,
    open: async (destination) => {
      const place = placeIds(destination)
      if (place === null) {
        throw new SpinupError('chatFailed', `“${destination}” is not a Discord channel.`, { retryable: false })
      }
      const { channelId } = place
      return {
        ...calls,
        name: channelId,
        openThread: async (message, name) => {
          try {
            const body = { name, auto_archive_duration: ThreadAutoArchiveDuration.OneWeek }
            return idOf(await rest.post(Routes.threads(channelId, message), { body }))
          } catch (error) {
            // A thread begun from a message has the message's id.
            if (codeOf(error) === CODE.threadExists) return message
            throw error
          }
        },
      }
    },
  }
}

/** A thread is a channel, too. */
function placeOf({ channel, thread }: Spot): string {
  return thread ?? channel
}

/** At most 25 characters; the same parts have the same one, so that what is sent twice is shown once. */
function nonceOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 24)
}

/** A component's own number, by which a card is known again: below 2³¹, above those that Discord gives. */
function markOf(cardId: string): number {
  return (createHash('sha256').update(cardId).digest().readUInt32BE(0) >>> 2) + 1000
}

function marked(body: Body, cardId: string): Body {
  const [first, ...rest] = body.components
  return first === undefined ? body : { ...body, components: [{ ...first, id: markOf(cardId) }, ...rest] }
}

/** The id of the message with that mark among messages as Discord lists them; null: none. */
function findMarked(messages: unknown, cardId: string): string | null {
  const mark = markOf(cardId)
  for (const message of Array.isArray(messages) ? (messages as readonly unknown[]) : []) {
    const components: unknown = isRecord(message) ? message['components'] : null
    const first: unknown = Array.isArray(components) ? components[0] : null
    if (isRecord(first) && first['id'] === mark) return idOf(message)
  }
  return null
}

/** Whether a message as Discord has it shows the words and buttons of that body. */
function saysTheSame(message: unknown, body: Body): boolean {
  return isRecord(message) && wordsIn(message['components']) === wordsIn(body.components)
}

/** Everything that can be read or pressed, without the spaces, of which Discord keeps not all. */
function wordsIn(part: unknown): string {
  if (Array.isArray(part)) return part.map(wordsIn).join('')
  if (!isRecord(part)) return ''
  const own = [part['content'], part['label'], part['custom_id'], part['value'], part['accent_color']]
  const words = own
    .filter((word) => word !== undefined && word !== null)
    .join('')
    .replaceAll(/\s/g, '')
  return [words, ...[part['components'], part['accessory'], part['options']].map(wordsIn)].join('|')
}

/** Discord's id of what was made. */
function idOf(made: unknown): string {
  if (isRecord(made) && typeof made['id'] === 'string') return made['id']
  throw new SpinupError('chatFailed', 'Discord’s answer makes no sense; it is tried again.', { retryable: true })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
