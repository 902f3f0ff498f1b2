import type { webApi } from '@slack/bolt'
import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { Card } from '../../core/model/view.ts'
import type { Shown, ShownCard } from '../chat.ts'
import { chatFailure, errorCodeOf, isRefusedCard, surelyNotDone } from './failure.ts'
import { metadataOf, type Lost, type Part } from './lost.ts'
import type { Pictures } from './pictures.ts'
import { post } from './post.ts'
import { renderSlack, type SlackMessage, type SlackText } from './render/render.ts'
import type { Teams } from './teams.ts'

/** Cards that stay: each one message, edited in place, with its details in the thread below. */
export interface Cards {
  /** See `Chat.show`. */
  show(channel: string, card: Card): Promise<void>
}

/** What is kept of a card besides its message. */
interface Place {
  /** As Slack names it: of what is between two it has a name of its own. */
  readonly channel: string
  /** The message in the thread. */
  readonly thread: string
  /** What the thread said last. */
  readonly threadMark: string
  /** The chart it shows, and the file of it. */
  readonly chart: string
  readonly file: string
  /** `yes`: the last try was refused, so nothing of it can be lost. */
  readonly refused: string
}

const NOWHERE: Place = { channel: '', thread: '', threadMark: '', chart: '', file: '', refused: '' }

export function createCards(parts: {
  readonly teams: Teams
  readonly shown: Shown
  readonly pictures: Pictures
  readonly lost: Lost
  readonly now: () => number
  readonly log: Logger
}): Cards {
  const { teams, shown, pictures, lost, now, log } = parts
  /** One at a time for each card: the older of two must not overtake. */
  const lanes = new Map<string, Promise<void>>()

  async function show(destination: string, card: Card): Promise<void> {
    const { team, channel } = readDestination(destination)
    const before = await shown.get(destination, card.id)
    if (before?.state === 'shown' && before.revision >= card.revision) return
    const place: Place = { ...NOWHERE, channel, ...before?.extra }
    const client = await teams.client(team)
    const known = place.file === '' ? undefined : new Map([[place.chart, place.file]])
    const images = await pictures.of(client, card.view, known)
    const versions = versionsOf(card, images, now())

    const stood = await stand({ client, destination, card, place, before, versions })
    const [[chart, file] = ['', '']] = [...images]
    const settled = { ...place, ...stood, chart: chart ?? '', file: file ?? '', refused: '' }
    const threaded = await thread(client, destination, card, settled, versions)
    await shown.set(destination, card.id, {
      state: 'shown',
      message: settled.message,
      revision: card.revision,
      at: before?.at ?? now(),
      extra: threaded,
    })
    if (place.file !== '' && place.file !== file) void tidy(client, place.file)
  }

  /** Sees to it that the card's message says what it should. */
  async function stand(wish: {
    readonly client: webApi.WebClient
    readonly destination: string
    readonly card: Card
    readonly place: Place
    readonly before: ShownCard | null
    readonly versions: readonly SlackMessage[]
  }): Promise<{
    readonly message: string
    readonly channel: string
    readonly thread?: string
    readonly threadMark?: string
  }> {
    const { client, destination, card, place, before, versions } = wish
    const metadata = metadataOf(card.id, 'card')
    let message = before?.message ?? null
    if (message === null && before?.state === 'sending' && place.refused === '') {
      message = await lookFor(client, place.channel, null, card, 'card', before.at)
    }
    if (message !== null) {
      const ts = message
      const edited = await unlessGone(() =>
        plainer(versions, ({ text, blocks }) =>
          client.chat.update({ channel: place.channel, ts, text, blocks, metadata: metadata as never }),
        ),
      )
      if (edited) return { message, channel: place.channel }
    }
    const at = now()
    const begun = (refused: string): Promise<void> =>
      shown.set(destination, card.id, {
        state: 'sending',
        message: null,
        revision: 0,
        at,
        extra: { ...NOWHERE, channel: place.channel, refused },
      })
    await begun('')
    try {
      const posted = await plainer(versions, ({ text, blocks }) =>
        post(client, {
          channel: place.channel,
          text,
          blocks,
          metadata: metadata as never,
        }),
      )
      const ts = posted.ts ?? ''
      const channel = posted.channel ?? place.channel
      // From here on it is known where it is, whatever becomes of its thread.
      await shown.set(destination, card.id, {
        state: 'shown',
        message: ts,
        revision: 0,
        at,
        extra: { ...NOWHERE, channel },
      })
      return { message: ts, channel, thread: '', threadMark: '' }
    } catch (error) {
      if (surelyNotDone(error)) await begun('yes')
      throw error
    }
  }

  /** Sees to it that the details stand below the card; gives what is to be kept. */
  async function thread(
    client: webApi.WebClient,
    destination: string,
    card: Card,
    settled: Place & { readonly message: string },
    versions: readonly SlackMessage[],
  ): Promise<Record<string, string>> {
    const { message, ...place } = settled
    const wanted = versions.map((version) => version.thread)
    const texts = wanted.filter((text) => text !== null)
    const [best] = texts
    if (best === undefined) return { ...place }
    const threadMark = createHash('sha256').update(JSON.stringify(best)).digest('base64url').slice(0, 16)
    if (place.thread !== '' && place.threadMark === threadMark) return { ...place }
    const metadata = metadataOf(card.id, 'details')
    const { channel } = place
    const revision = 0
    const remember = (extra: Place): Promise<void> =>
      shown.set(destination, card.id, { state: 'shown', message, revision, at: now(), extra: { ...extra } })
    let ts = place.thread
    if (ts.startsWith(DOUBT)) {
      ts = (await lookFor(client, channel, message, card, 'details', Number(ts.slice(DOUBT.length)))) ?? ''
    }
    if (ts !== '') {
      const edited = await unlessGone(() =>
        plainer(texts, ({ text, blocks }) =>
          client.chat.update({ channel, ts, text, blocks, metadata: metadata as never }),
        ),
      )
      if (edited) return { ...place, thread: ts, threadMark }
    }
    await remember({ ...place, thread: `${DOUBT}${now()}`, threadMark: '' })
    try {
      const posted = await plainer(texts, ({ text, blocks }) =>
        post(client, {
          channel,
          thread_ts: message,
          text,
          blocks,
          metadata: metadata as never,
        }),
      )
      return { ...place, thread: posted.ts ?? '', threadMark }
    } catch (error) {
      if (surelyNotDone(error)) await remember({ ...place, thread: '', threadMark: '' })
      throw error
    }
  }

  const lookFor = (
    client: webApi.WebClient,
    channel: string,
    thread: string | null,
    card: Card,
    part: Part,
    since: number,
  ): Promise<string | null> => lost.find({ client, channel, thread, card: card.id, part, since })

  /** A chart that no message shows any more takes room at Slack. */
  const tidy = async (client: webApi.WebClient, file: string): Promise<void> => {
    await client.files.delete({ file }).catch((error: unknown) => {
      log.debug({ reason: chatFailure(error, 'delete an old chart').message }, 'an old chart stays at Slack')
    })
  }

  /** Tries ever plainer versions until Slack takes one. */
  async function plainer<T>(versions: readonly SlackText[], send: (text: SlackText) => Promise<T>): Promise<T> {
    for (const [index, version] of versions.entries()) {
      try {
        return await send(version)
      } catch (error) {
        if (!isRefusedCard(error) || index === versions.length - 1) throw error
        log.warn({ reason: chatFailure(error, 'show a card').message }, 'Slack refused a card; trying a plainer one')
      }
    }
    throw new SpinupError('chatFailed', 'There was nothing to show.')
  }

  return {
    show: async (destination, card) => {
      const lane = `${destination} ${card.id}`
      const turn = (lanes.get(lane) ?? Promise.resolve())
        .catch(() => undefined)
        .then(() => show(destination, card))
        .catch((error: unknown) => {
          throw chatFailure(error, `show a card in ${destination}`)
        })
      lanes.set(lane, turn)
      try {
        await turn
      } finally {
        if (lanes.get(lane) === turn) lanes.delete(lane)
      }
    },
  }
}

/** Stands before the time at which a reply was begun whose answer has not come. */
const DOUBT = 'begun:'

/** As drawn, without its picture, and in plain words. */
function versionsOf(card: Card, images: ReadonlyMap<string, string>, now: number): readonly SlackMessage[] {
  const drawn = renderSlack(card.view, { now, images })
  const bare = images.size === 0 ? drawn : renderSlack(card.view, { now, images: new Map() })
  const words = ({ text }: SlackText): SlackText => ({ text, blocks: [] })
  const plain = { ...words(bare), thread: bare.thread === null ? null : words(bare.thread) }
  return images.size === 0 ? [drawn, plain] : [drawn, bare, plain]
}

/** False: the message was deleted, or can no longer be edited. */
async function unlessGone(edit: () => Promise<unknown>): Promise<boolean> {
  try {
    await edit()
    return true
  } catch (error) {
    const code = errorCodeOf(error)
    if (code === 'message_not_found' || code === 'edit_window_closed' || code === 'cant_update_message') return false
    throw error
  }
}

/** `TEAM/CHANNEL`. */
export function readDestination(destination: string): { readonly team: string; readonly channel: string } {
  const [team = '', channel = ''] = destination.split('/')
  if (team === '' || channel === '') {
    throw new SpinupError('chatFailed', `${destination} is no channel of Slack's.`, { retryable: false })
  }
  return { team, channel }
}
