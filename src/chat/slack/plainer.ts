import type { Logger } from 'pino'
import { SpinupError } from '../../core/model/error.ts'
import type { View } from '../../core/model/view.ts'
import { chatFailure, isRefusedCard } from './failure.ts'
import { renderSlack, type SlackMessage, type SlackText } from './render/render.ts'

/** A view as drawn, without its picture, and in plain words: Slack refuses some. */
export function versionsOf(view: View, images: ReadonlyMap<string, string>, now: number): readonly SlackMessage[] {
  const drawn = renderSlack(view, { now, images })
  const bare = images.size === 0 ? drawn : renderSlack(view, { now, images: new Map() })
  const words = ({ text }: SlackText): SlackText => ({ text, blocks: [] })
  const plain = { ...words(bare), thread: bare.thread === null ? null : words(bare.thread) }
  return images.size === 0 ? [drawn, plain] : [drawn, bare, plain]
}

/** Tries ever plainer versions until Slack takes one. Throws the SDK's errors. */
export async function plainer<T>(
  texts: readonly SlackText[],
  log: Logger,
  send: (text: SlackText) => Promise<T>,
): Promise<T> {
  for (const [index, { text, blocks }] of texts.entries()) {
    try {
      return await send({ text, blocks })
    } catch (error) {
      if (!isRefusedCard(error) || index === texts.length - 1) throw error
      log.warn({ reason: chatFailure(error, 'show it').message }, 'Slack refused a message; trying a plainer one')
    }
  }
  throw new SpinupError('chatFailed', 'There was nothing to show.')
}
