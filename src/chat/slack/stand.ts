import type { webApi } from '@slack/bolt'
import type { Logger } from 'pino'
import { errorCodeOf, surelyNotDone } from './failure.ts'
import { metadataOf, type Lost, type Part } from './lost.ts'
import { plainer } from './plainer.ts'
import { post } from './post.ts'
import type { SlackText } from './render/render.ts'

/** One message that is to say something, wherever it is by now. */
export interface Wish {
  readonly client: webApi.WebClient
  readonly channel: string
  /** The message it stands below; null: none. */
  readonly thread: string | null
  readonly card: string
  readonly part: Part
  /** What it is to say, ever plainer: Slack refuses some. */
  readonly texts: readonly SlackText[]
  /** Where it is; null: not known. */
  readonly ts: string | null
  /** When a post was begun whose answer never came, epoch ms; null: none was. */
  readonly begunAt: number | null
  /** Kept before it is posted, so that a lost answer is noticed. */
  readonly begin: () => Promise<void>
  /** Kept when Slack said no: nothing was lost. */
  readonly refused: () => Promise<void>
}

/** Where it stands now; the channel as Slack names it. */
export interface Stand {
  readonly ts: string
  readonly channel: string
  readonly isNew: boolean
}

/** Edits the message, or finds or posts it first. Throws the SDK's errors. */
export async function stand(wish: Wish, lost: Lost, log: Logger): Promise<Stand> {
  const { client, channel, thread, card, part, texts, begunAt } = wish
  // The SDK's type wants the shapes of Slack's own apps.
  const metadata = metadataOf(card, part) as never
  const found = begunAt === null ? null : await lost.find({ client, channel, thread, card, part, since: begunAt })
  const ts = wish.ts ?? found
  if (ts !== null) {
    const edited = await unlessGone(() =>
      plainer(texts, log, ({ text, blocks }) => client.chat.update({ channel, ts, text, blocks, metadata })),
    )
    if (edited) return { ts, channel, isNew: false }
  }
  await wish.begin()
  try {
    const below = thread === null ? {} : { thread_ts: thread }
    const posted = await plainer(texts, log, ({ text, blocks }) =>
      post(client, { channel, text, blocks, metadata, ...below }),
    )
    return { ts: posted.ts ?? '', channel: posted.channel ?? channel, isNew: true }
  } catch (error) {
    if (surelyNotDone(error)) await wish.refused()
    throw error
  }
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
