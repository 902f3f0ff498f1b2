import type { webApi } from '@slack/bolt'
import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { Card } from '../../core/model/view.ts'
import type { Shown, ShownCard } from '../chat.ts'
import { chatFailure, isDeadToken, isThreadRefused } from './failure.ts'
import type { Lost } from './lost.ts'
import type { Pictures } from './pictures.ts'
import { versionsOf } from './plainer.ts'
import type { SlackMessage } from './render/render.ts'
import { stand } from './stand.ts'
import type { Teams } from './teams.ts'
import { within } from './within.ts'

/** Cards that stay: each one message, edited in place, with its details in the thread below. */
export interface Cards {
  /** See `Chat.show`. */
  show(channel: string, card: Card): Promise<void>
}

/** What is kept of a card besides its message. */
interface Extra {
  /** As Slack names it: what is between two has a name of its own. */
  readonly channel: string
  /** The message in the thread. */
  readonly thread: string
  /** When that message was begun and not confirmed, epoch ms; empty: nothing is in doubt. */
  readonly threadBegun: string
  /** What the thread said last. */
  readonly threadMark: string
  /** The chart it shows, and the file of it. */
  readonly chart: string
  readonly file: string
  /** `yes`: the last try was refused, so nothing of it can be lost. */
  readonly refused: string
}

const NOTHING: Extra = { channel: '', thread: '', threadBegun: '', threadMark: '', chart: '', file: '', refused: '' }

/** A card waits so long for its picture. */
const PICTURE_MS = 2000
const MOST_UNSHOWN = 1000

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
  /** Charts at Slack, by card, that no message shows yet: a card that is tried again brings the same. */
  const unshown = new Map<string, ReadonlyMap<string, string>>()

  async function show(destination: string, card: Card): Promise<void> {
    const before = await shown.get(destination, card.id)
    if (before?.state === 'shown' && before.revision >= card.revision) return
    const client = await teams.client(readDestination(destination).team)
    const { chart = '', file = '' } = (before?.extra ?? {}) as Partial<Extra>
    const key = `${destination} ${card.id}`
    const known = new Map([...(file === '' ? [] : [[chart, file] as const]), ...(unshown.get(key) ?? [])])
    const drawn = pictures.of(client, card.view, known).then((images) => {
      if (unshown.size >= MOST_UNSHOWN) unshown.clear()
      if (images.size > 0) unshown.set(key, images)
      return images
    })
    const soon = await within(PICTURE_MS, drawn)
    // What is new does not wait for its picture, which Slack may be looking through for long.
    if (soon === null) await put(client, destination, card, new Map(), false)
    await put(client, destination, card, soon ?? (await drawn), true)
    unshown.delete(key)
  }

  /** `whole` false: it is to be shown again, with its picture. */
  async function put(
    client: webApi.WebClient,
    destination: string,
    card: Card,
    images: ReadonlyMap<string, string>,
    whole: boolean,
  ): Promise<void> {
    const before = await shown.get(destination, card.id)
    const extra: Extra = { ...NOTHING, channel: readDestination(destination).channel, ...before?.extra }
    const [[chart, file] = ['', '']] = [...images]
    const at = before?.at ?? now()
    const keep = (
      kept: Omit<ShownCard, 'at' | 'extra'> & { readonly extra: Extra; readonly at?: number },
    ): Promise<void> => shown.set(destination, card.id, { at, ...kept, extra: { ...kept.extra } })

    const versions = versionsOf(card.view, images, now())
    const sending = { state: 'sending', message: null, revision: 0 } as const
    const main = await stand(
      {
        client,
        channel: extra.channel,
        thread: null,
        card: card.id,
        part: 'card',
        texts: versions,
        ts: before?.message ?? null,
        begunAt: before?.state === 'sending' && extra.refused === '' ? before.at : null,
        begin: () => keep({ ...sending, at: now(), extra: { ...NOTHING, channel: extra.channel } }),
        refused: () => keep({ ...sending, extra: { ...NOTHING, channel: extra.channel, refused: 'yes' } }),
      },
      lost,
      log,
    )
    const standing = {
      state: 'shown',
      message: main.ts,
      // Not this one yet: whatever becomes of its thread, it is to be shown whole.
      revision: main.isNew ? 0 : (before?.revision ?? 0),
    } as const
    const settled: Extra = main.isNew ? { ...NOTHING, channel: main.channel } : { ...extra, refused: '' }
    if (main.isNew || before?.message == null) await keep({ ...standing, extra: settled })
    const threaded = await showThread(client, card, versions, main.ts, settled, (kept) =>
      keep({ ...standing, extra: kept }),
    ).catch((error: unknown) => {
      if (!isThreadRefused(error)) throw error
      log.debug(
        { destination, reason: chatFailure(error, 'answer in a thread').message },
        'a card goes without details',
      )
      return settled
    })
    const revision = whole ? card.revision : standing.revision
    await keep({ ...standing, revision, extra: { ...threaded, chart: chart ?? '', file: file ?? '' } })
    if (extra.file !== '' && extra.file !== file) await tidy(client, extra.file)
  }

  /** Sees to it that the details stand below the card. */
  async function showThread(
    client: webApi.WebClient,
    card: Card,
    versions: readonly SlackMessage[],
    below: string,
    extra: Extra,
    keep: (extra: Extra) => Promise<void>,
  ): Promise<Extra> {
    const texts = versions.map(({ thread }) => thread).filter((text) => text !== null)
    if (texts.length === 0) return extra
    const threadMark = createHash('sha256').update(JSON.stringify(texts[0])).digest('base64url').slice(0, 16)
    if (extra.thread !== '' && extra.threadMark === threadMark) return extra
    const none = { ...extra, thread: '', threadBegun: '', threadMark: '' }
    const { ts: thread } = await stand(
      {
        client,
        channel: extra.channel,
        thread: below,
        card: card.id,
        part: 'details',
        texts,
        ts: extra.thread === '' ? null : extra.thread,
        begunAt: extra.threadBegun === '' ? null : Number(extra.threadBegun),
        begin: () => keep({ ...none, threadBegun: String(now()) }),
        refused: () => keep(none),
      },
      lost,
      log,
    )
    return { ...extra, thread, threadBegun: '', threadMark }
  }

  /** A chart that no message shows any more takes room at Slack. */
  async function tidy(client: webApi.WebClient, file: string): Promise<void> {
    await client.files.delete({ file }).catch((error: unknown) => {
      log.debug({ reason: chatFailure(error, 'delete an old chart').message }, 'an old chart stays at Slack')
    })
  }

  /** The bot was down while a workspace took the app out. */
  async function forgetDead(destination: string, error: unknown): Promise<void> {
    if (isDeadToken(error)) await teams.forgetIfDead(readDestination(destination).team).catch(() => undefined)
  }

  return {
    show: async (destination, card) => {
      const lane = `${destination} ${card.id}`
      const turn = (lanes.get(lane) ?? Promise.resolve())
        .catch(() => undefined)
        .then(() => show(destination, card))
        .catch(async (error: unknown) => {
          await forgetDead(destination, error)
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

/** `TEAM/CHANNEL`. */
export function readDestination(destination: string): { readonly team: string; readonly channel: string } {
  const [team = '', channel = ''] = destination.split('/')
  if (team === '' || channel === '') {
    throw new SpinupError('chatFailed', `${destination} is no channel of Slack's.`, { retryable: false })
  }
  return { team, channel }
}
