import type { webApi } from '@slack/bolt'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { Card, View } from '../../core/model/view.ts'
import type { CardPlatform, Drawing, Spot } from '../upsert/platform.ts'
import { chatFailure, errorCodeOf, explain } from './failure.ts'
import type { Pictures } from './pictures.ts'
import { post, within } from './network.ts'
import { renderSlack, type SlackText } from './render/render.ts'
import type { Teams } from './teams.ts'

/** A card waits so long for its picture. */
const PICTURE_MS = 2000
const MOST_UNSHOWN = 1000

/** The calls by which a card is shown in Slack. */
export function createCards(parts: {
  readonly teams: Teams
  readonly pictures: Pictures
  readonly now: () => number
  readonly log: Logger
}): CardPlatform<SlackText> {
  const { teams, pictures, now, log } = parts
  const search = createSearch(log)
  /** Charts at Slack, by card, that no message shows yet: a card that is tried again brings the same. */
  const unshown = new Map<string, ReadonlyMap<string, string>>()

  function drawingOf({ view }: Card, images: ReadonlyMap<string, string>, whole: boolean): Drawing<SlackText> {
    const [[chart, file] = ['', '']] = [...images]
    return { ...versionsOf(view, images, now()), whole, keep: { chart, file } }
  }

  async function* draw(
    client: webApi.WebClient,
    key: string,
    card: Card,
    { chart = '', file = '' }: Readonly<Record<string, string>>,
  ): AsyncGenerator<Drawing<SlackText>> {
    const known = new Map([...(file === '' ? [] : [[chart, file] as const]), ...(unshown.get(key) ?? [])])
    const drawn = pictures.of(client, card.view, known).then((images) => {
      if (unshown.size >= MOST_UNSHOWN) unshown.clear()
      if (images.size > 0) unshown.set(key, images)
      return images
    })
    const soon = await within(PICTURE_MS, drawn)
    // What is new does not wait for its picture, which Slack may be looking through for long.
    if (soon === null) yield drawingOf(card, new Map(), false)
    const images = soon ?? (await drawn)
    yield drawingOf(card, images, true)
    unshown.delete(key)
    if (file !== '' && ![...images.values()].includes(file)) await tidy(client, file)
  }

  /** A chart that no message shows any more takes room at Slack. */
  async function tidy(client: webApi.WebClient, file: string): Promise<void> {
    await client.files.delete({ file }).catch((error: unknown) => {
      log.debug({ reason: chatFailure(error, 'delete an old chart').message }, 'an old chart stays at Slack')
    })
  }

  return {
    explain,
    open: async (destination) => {
      const { team, channel: name } = readDestination(destination)
      const client = await teams.client(team)
      return {
        name,
        draw: (card, kept) => draw(client, `${destination} ${card.id}`, card, kept),
        post: async (spot, { text, blocks }) => {
          const below = spot.thread === null ? {} : { thread_ts: spot.thread }
          const wish = { channel: spot.channel, text, blocks, metadata: metadataOf(spot), ...below }
          const { ts, channel = spot.channel } = await post(client, wish)
          if (ts === undefined)
            throw new SpinupError('chatFailed', 'Slack’s answer makes no sense.', { retryable: true })
          return { id: ts, channel }
        },
        edit: async (spot, ts, { text, blocks }) => {
          // The SDK's type wants the shapes of Slack's own apps.
          const metadata = metadataOf(spot) as never
          await client.chat.update({ channel: spot.channel, ts, text, blocks, metadata })
        },
        findUnconfirmed: (spot, since) => search(client, spot, since),
      }
    },
  }
}

/** `TEAM/CHANNEL`. */
export function readDestination(destination: string): { readonly team: string; readonly channel: string } {
  const [team = '', channel = ''] = destination.split('/')
  if (team === '' || channel === '') {
    throw new SpinupError('chatFailed', `${destination} is not a channel of Slack's.`, { retryable: false })
  }
  return { team, channel }
}

/** What our messages carry, unseen, so that they can be found again. */
const CARD_EVENT = 'spinup_card'

function metadataOf({ card, part }: Spot): { event_type: string; event_payload: Record<string, string> } {
  return { event_type: CARD_EVENT, event_payload: { card, part } }
}

/** Slack's and our clock may differ by so much. */
const SKEW_MS = 120_000
const PAGES = 5
/** What is between two cannot be looked through, nor a channel whose history is not granted. */
const NOT_TO_BE_SEEN = new Set(['missing_scope', 'not_in_channel', 'channel_not_found'])

/** Looks for a message by its metadata among those since then (epoch ms); null: there is none, or one may not look. Throws the SDK's errors. */
export type Search = (client: webApi.WebClient, spot: Spot, since: number) => Promise<string | null>

function createSearch(log: Logger): Search {
  let warned = false
  return async (client, { channel, thread, card, part }, since) => {
    const oldest = ((since - SKEW_MS) / 1000).toFixed(6)
    let cursor: string | undefined
    try {
      for (let page = 0; page < PAGES; page++) {
        const common = { channel, oldest, include_all_metadata: true, limit: 100, ...(cursor ? { cursor } : {}) }
        const { messages = [], response_metadata: more } =
          thread === null
            ? await client.conversations.history(common)
            : await client.conversations.replies({ ...common, ts: thread })
        const found = messages.find(({ metadata }) => {
          // Apps other than ours may use the name; none has our card's id.
          const payload = metadata?.event_payload as { card?: unknown; part?: unknown } | undefined
          return metadata?.event_type === CARD_EVENT && payload?.card === card && payload.part === part
        })
        if (found?.ts !== undefined) return found.ts
        cursor = more?.next_cursor
        if (cursor === undefined || cursor === '') return null
      }
      return null
    } catch (error) {
      if (!NOT_TO_BE_SEEN.has(errorCodeOf(error) ?? '')) throw error
      if (!warned) {
        const fix = 'in channels, the scopes channels:history and groups:history let me look for it first'
        log.warn({ channel }, `Slack did not confirm a card, so it is posted again; ${fix}`)
      }
      warned = true
      return null
    }
  }
}

/** A view as drawn, without its picture, and in plain words: Slack refuses some. Its threads have no title. */
export function versionsOf(
  view: View,
  images: ReadonlyMap<string, string>,
  now: number,
): Pick<Drawing<SlackText>, 'versions' | 'details'> {
  const drawn = renderSlack(view, { now, images })
  const bare = images.size === 0 ? drawn : renderSlack(view, { now, images: new Map() })
  const everSimpler = (pick: (message: typeof drawn) => SlackText): readonly SlackText[] => {
    const full = [...new Set([drawn, bare])].map(pick)
    return [...full, { text: full.at(-1)!.text, blocks: [] }]
  }
  const { thread } = drawn
  return {
    versions: everSimpler(({ text, blocks }) => ({ text, blocks })),
    details: thread === null ? null : { title: '', versions: everSimpler((message) => message.thread ?? thread) },
  }
}
