import { cardOf } from '../../../core/cards/cards.ts'
import type { View } from '../../../core/model/view.ts'
import { bold, type KnownBlock } from './rich.ts'
import { drawBlocks, drawHead } from './blocks.ts'
import { words, type Drawn, type Part, type SlackContext } from './parts.ts'
import { fallback } from './fallback.ts'
import { fit } from './trim.ts'

export type { SlackContext } from './parts.ts'

/** What is posted: `text` for notifications, screen readers and old clients, and the blocks everyone else sees. */
export interface SlackText {
  readonly text: string
  readonly blocks: KnownBlock[]
}

/** A view as Slack shows it; `thread` is what stands below the message, edited in place like it. */
export interface SlackMessage extends SlackText {
  readonly thread: SlackText | null
}

/** A view within Slack's limits; never throws, whatever people or droplets have put into it. */
export function renderSlack(view: View, context: SlackContext): SlackMessage {
  const { parts, thread } = drawView(view, context)
  return { ...written(parts), thread: thread === undefined ? null : written(thread) }
}

function written(parts: readonly Part[]): SlackText {
  const blocks = fit(parts)
  return { text: fallback(blocks), blocks }
}

/** A view in pieces, for a page of several. */
export function drawView(view: View, context: SlackContext): Drawn {
  const card = cardOf(view)
  const head = drawHead(card, view.kind !== 'error')
  const parts = [...head, ...drawBlocks(card.blocks, context)]
  if (card.details === null) return { parts }
  const title = words('headline', [bold(`${card.details.title}, in detail`, 200)])
  return { parts, thread: [...title, ...drawBlocks(card.details.blocks, context)] }
}
