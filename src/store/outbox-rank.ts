import type { Card } from '../core/cards/card.ts'

/**
 * Which card of a destination that is behind goes first, lowest first: questions and bad news (a question's outcome too,
 * so that its buttons go), final states, cards not yet shown, and at last what merely moves on.
 */
export function rankOf({ pressing, final }: Card, shown: boolean): number {
  if (pressing === 'always' || (pressing === 'once' && !shown)) return 0
  if (final) return 1
  return shown ? 3 : 2
}
