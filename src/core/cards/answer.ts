import type { AnswerView } from '../model/view.ts'
import { actions, card, facts, text, type Card } from './card.ts'

/** A plain answer or acknowledgement. */
export function answerCard(view: AnswerView): Card {
  return card(
    { tone: view.tone, mark: view.tone, headline: view.title },
    [
      text(view.text, 'story', view.private === true ? { from: 'oneTime' } : {}),
      facts(view.fields.map(({ name, value }) => [name, value])),
      actions(view.actions),
    ],
    {
      gist: view.text,
      audience: view.private === true ? 'person' : 'channel',
      urgency: view.tone === 'bad' || view.tone === 'warn' ? 'trouble' : 'change',
    },
  )
}
