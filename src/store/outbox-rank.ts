import type { View } from '../core/model/view.ts'

/** Whether a card in this state is done: what comes after it, if anything, is no more than a correction. */
export function isFinal(view: View): boolean {
  switch (view.kind) {
    case 'episode':
    case 'refresh':
      return view.stage !== 'working'
    case 'proposal':
      return view.state !== 'open'
    case 'alert':
      return view.state === 'resolved'
    case 'connect':
      return view.steps.every(({ state }) => state === 'done')
    default:
      return true
  }
}

/** Whether people must see it at once, whatever else waits: a question, or something that is badly wrong. */
export function isPressing(view: View): boolean {
  if (view.kind === 'proposal') return true
  return view.kind === 'alert' && view.tone === 'bad' && view.state === 'active'
}

/**
 * Which card of a destination that is behind goes first, lowest first: questions and bad news (a question's outcome too,
 * so that its buttons go), final states, cards not yet shown, and at last what merely moves on.
 */
export function rankOf(view: View, shown: boolean): number {
  if (view.kind === 'proposal' || (isPressing(view) && !shown)) return 0
  if (isFinal(view)) return 1
  return shown ? 3 : 2
}
