import type { ConnectView, Tone } from '../../../core/model/view.ts'
import { escape, fenced, bare, prose } from './escape.ts'
import { buttons, headline, sheet, text } from './parts.ts'
import type { Sheet, Text } from './parts.ts'
import { present, stepLines } from './steps.ts'

const MARKS: Readonly<Record<Tone, string>> = { info: '🔌', good: '✅', warn: '🔌', bad: '❌' }

/** The onboarding: where it is, what it asks, and what to press or run. */
export function connect(view: ConnectView): Sheet {
  const failed = view.steps.some(({ state }) => state === 'failed')
  const done = view.steps.length > 0 && view.steps.every(({ state }) => state === 'done')
  const tone = failed ? 'bad' : done ? 'good' : 'info'
  const where = done || view.steps.length === 0 ? '' : `, ${present(view.steps)}`
  return sheet(
    tone,
    headline(MARKS[tone], `${escape(view.title)}${where}${failed ? ' failed' : ''}`),
    stepLines(2, view.steps),
    view.prompt === null ? null : text(1, ...prose(view.prompt)),
    view.line === null ? null : shell(view.line),
    { kind: 'choices', choices: view.choices, placeholder: 'Choose …', button: 'Choose' },
    buttons(view.actions),
  )
}

/** A line to be copied; it must never be cut in two. */
function shell(line: string): Text {
  return { kind: 'text', rank: 0, lines: [fenced(bare(line, 1000))], fence: true }
}
