import type { View } from '../core/model/view.ts'

/** What the person who asked gets where the answer is a card of its own; nobody is left without a word. */
export const CARD_TELLS: View = {
  kind: 'answer',
  tone: 'info',
  title: 'On it',
  text: 'The card in the channel shows the progress.',
  fields: [],
  actions: [],
  private: true,
}
