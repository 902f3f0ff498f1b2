import { cardOf } from '../../../core/cards/cards.ts'
import { clip } from '../../../core/model/clip.ts'
import type { View } from '../../../core/model/view.ts'
import type { APIMessageTopLevelComponent } from 'discord.js'
import { drawBlocks, drawHead } from './blocks.ts'
import { compose, composeWords } from './compose.ts'
import { present, threadName } from './parts.ts'
import type { DiscordContext, Sheet } from './parts.ts'
import { minute } from './when.ts'

export type { DiscordContext } from './parts.ts'

export interface DiscordMessage {
  /** Of Components V2, within every limit. */
  readonly components: APIMessageTopLevelComponent[]
  /** What goes into the thread that the message begins; null: nothing. */
  readonly thread: { readonly name: string; readonly components: APIMessageTopLevelComponent[] } | null
  /** The same in words, for where components are not taken: safe markdown, at most 2,000 characters. */
  readonly plain: string
  /** What shortened custom ids, and such values of selects, stand for; to be kept before the message is sent. */
  readonly longActions: ReadonlyMap<string, string>
}

/** A view as Discord shows it. A select's chosen value is a custom id as a button's is. */
export function renderDiscord(view: View, context: DiscordContext): DiscordMessage {
  const { main, thread } = draw(view, context)
  const card = compose(main)
  return {
    components: [card.container],
    thread: thread === null ? null : { name: threadName(thread.name), components: [compose(thread.draft).container] },
    plain: composeWords(main),
    longActions: card.longActions,
  }
}

function draw(view: View, context: DiscordContext): Sheet {
  const card = cardOf(view)
  const { tone, details } = card
  const main = { tone, parts: present([drawHead(card), ...drawBlocks(card.blocks, context)]) }
  if (details === null) return { main, thread: null }
  return {
    main,
    thread: {
      name: `${clip(details.title, 75)}, ${minute(details.at)}`,
      draft: { tone, parts: present(drawBlocks(details.blocks, context)) },
    },
  }
}
