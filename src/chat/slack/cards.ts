import type { webApi } from '@slack/bolt'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { Card } from '../../core/model/view.ts'
import type { CardPlatform, Drawing } from '../upsert/platform.ts'
import { chatFailure, explain } from './failure.ts'
import type { Pictures } from './pictures.ts'
import { post } from './post.ts'
import type { SlackText } from './render/render.ts'
import { createSearch, metadataOf } from './search.ts'
import type { Teams } from './teams.ts'
import { versionsOf } from './versions.ts'
import { within } from './within.ts'

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
          const { ts = '', channel = spot.channel } = await post(client, wish)
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
