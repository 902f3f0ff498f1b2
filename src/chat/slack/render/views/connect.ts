import type { ConnectView } from '../../../../core/model/view.ts'
import { buttons, choices } from '../buttons.ts'
import type { Drawn } from '../context.ts'
import { headline, rows, story, whole } from '../parts.ts'
import { lines } from '../escape.ts'
import { bold, glue, preformatted, say } from '../rich.ts'
import { stepRow } from './step.ts'

/** The onboarding: one card that walks its steps. */
export function drawConnect(view: ConnectView): Drawn {
  const done = view.steps.every(({ state }) => state === 'done')
  return {
    parts: [
      headline(done ? '✅' : '🔌', view.title),
      ...rows(view.steps.map(stepRow), { rank: 'story', noun: 'step' }),
      ...story(view.prompt, 'facts'),
      // To be copied whole or not at all.
      ...((view.line ?? '').trim() === '' ? [] : [whole('facts', preformatted(lines(view.line ?? '', 2500) || '–'))]),
      ...rows(
        view.choices
          .filter(({ detail }) => detail !== '')
          .map(({ label, detail }) => [bold(label), glue('  '), say(detail, 200)]),
        { rank: 'detail', noun: 'choice', most: 10 },
      ),
      ...choices(view.choices, 'Choose …'),
      ...buttons(view.actions),
    ],
  }
}
