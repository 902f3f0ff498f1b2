import type { CheckLine, DoctorView, Tone } from '../../../core/model/view.ts'
import { plural } from '../../../core/model/words.ts'
import { escape, prose } from './escape.ts'
import { buttons, headline, sheet, text } from './parts.ts'
import type { Part, Sheet } from './parts.ts'

type State = CheckLine['state']

/** The worst first. */
const ORDER: readonly State[] = ['failed', 'warn', 'waiting', 'ok', 'skipped']
const MARKS: Readonly<Record<State, string>> = { ok: '✅', warn: '⚠️', failed: '❌', waiting: '⏳', skipped: '▫️' }

/** The state of everything: what is wrong first, each with what to do about it. */
export function doctor(view: DoctorView): Sheet {
  const count = (state: State): number => view.checks.filter((check) => check.state === state).length
  const [failed, warn] = [count('failed'), count('warn')]
  const tone: Tone = failed > 0 ? 'bad' : warn > 0 ? 'warn' : count('waiting') > 0 ? 'info' : 'good'
  const wrong = [failed > 0 ? `${failed} failed` : '', warn > 0 ? `${warn} to look at` : ''].filter(
    (part) => part !== '',
  )
  const head = wrong.length === 0 ? 'nothing wrong' : wrong.join(', ')
  return sheet(
    tone,
    headline('🩺', `Doctor: ${head} of ${plural(view.checks.length, 'check')}`),
    ...ORDER.map((state): Part => {
      const lines = view.checks.filter((check) => check.state === state).flatMap(line)
      return text(state === 'ok' || state === 'skipped' ? 3 : 1, ...lines)
    }),
    buttons(view.actions),
  )
}

function line({ name, state, detail, fix }: CheckLine): readonly string[] {
  const told = `${MARKS[state]} **${escape(name, 80)}** ${escape(detail, 300)}`
  return fix === null ? [told] : [told, ...prose(fix, 400).map((words) => `> → ${words}`)]
}
