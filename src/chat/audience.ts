import type { View } from '../core/model/view.ts'

/** Who sees the answer to a command: the person alone where it helps nobody else, or must not be seen by others. */
export function audience(view: View): 'person' | 'channel' {
  switch (view.kind) {
    case 'error':
    case 'help':
    case 'doctor':
      return 'person'
    case 'answer':
      return view.private === true ? 'person' : 'channel'
    default:
      return 'channel'
  }
}

/** What the person who asked is told where the answer is a card of its own; nobody is left without a word. */
export const CARD_TELLS: View = {
  kind: 'answer',
  tone: 'info',
  title: 'On it',
  text: 'The card in the channel tells how it goes.',
  fields: [],
  actions: [],
  private: true,
}
