import type { ConnectView } from '../model/view.ts'
import { actions, card, text, type Card, type Head } from './card.ts'
import { present as stepOf } from './words.ts'

/** The onboarding: where it is, what it asks, and what to press or run. */
export function connectCard(view: ConnectView): Card {
  const { steps, choices, line } = view
  const present = steps.find(({ state }) => state !== 'done')
  return card(
    head(view),
    [
      { kind: 'steps', steps },
      text(view.prompt, 'facts'),
      line === null || line.trim() === '' ? null : { kind: 'line', line },
      choices.length === 0 ? null : { kind: 'choices', choices, prompt: 'Choose …', menu: false },
      actions(view.actions),
    ],
    {
      gist: present === undefined ? '' : `${present.label}${present.detail === null ? '' : `: ${present.detail}`}`,
      urgency: 'change',
      final: present === undefined,
    },
  )
}

function head({ title, steps }: ConnectView): Head {
  if (steps.some(({ state }) => state === 'failed')) {
    return { tone: 'bad', mark: 'bad', headline: `${title}: ${stepOf(steps)} failed` }
  }
  if (steps.length > 0 && steps.every(({ state }) => state === 'done')) {
    return { tone: 'good', mark: 'good', headline: title }
  }
  return { tone: 'info', mark: 'plug', headline: steps.length === 0 ? title : `${title}: ${stepOf(steps)}` }
}
