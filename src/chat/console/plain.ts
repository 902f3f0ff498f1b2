import { cardOf } from '../../core/cards/cards.ts'
import { onOneCard, type Card } from '../../core/cards/card.ts'
import { withoutUnseen } from '../../core/model/clean.ts'
import type { View } from '../../core/model/view.ts'
import { plainBlocks, SIGNS } from './plain-blocks.ts'
import { paragraphs } from './plain-parts.ts'

/** A view as plain text for terminals and fallbacks, without a trailing newline; `now` (epoch ms) dates what is ago. */
export function plain(view: View, now: number): string {
  const card = cardOf(view)
  // Names and details come from people and droplets: no control character must reach somebody's terminal, and nothing
  // that turns the direction of writing.
  return withoutUnseen(paragraphs(`${signOf(card)} ${card.headline}`, ...plainBlocks(onOneCard(card), now)))
}

function signOf({ mark, tone, timer }: Card): string {
  if (mark === 'question') return '?'
  return tone === 'info' && timer !== null ? '…' : SIGNS[tone]
}
