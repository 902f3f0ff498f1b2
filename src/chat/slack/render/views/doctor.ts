import type { CheckLine, DoctorView } from '../../../../core/model/view.ts'
import { plural } from '../../../../core/model/words.ts'
import { buttons } from '../buttons.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { CHECK_MARKS } from '../marks.ts'
import { aside, dated, headline, rows } from '../parts.ts'
import { bold, glue, instantToken, prose, say, type Span } from '../rich.ts'

/** The state of everything; what needs a hand comes first, each with what to do. */
export function drawDoctor(view: DoctorView, { now }: SlackContext): Drawn {
  const of = (...states: readonly CheckLine['state'][]): readonly CheckLine[] =>
    view.checks.filter(({ state }) => states.includes(state))
  const [failed, warned, waiting] = [of('failed').length, of('warn').length, of('waiting').length]
  const told = [
    failed > 0 ? `${failed} failed` : '',
    warned > 0 ? plural(warned, 'warning') : '',
    waiting > 0 ? `${waiting} waiting` : '',
  ].filter(Boolean)
  const mark = failed > 0 ? CHECK_MARKS.failed : warned > 0 ? CHECK_MARKS.warn : waiting > 0 ? '🩺' : CHECK_MARKS.ok
  return {
    parts: [
      headline(mark, `Doctor: ${told.length > 0 ? told.join(', ') : 'all is well'}`),
      ...rows([...of('failed'), ...of('warn'), ...of('waiting')].map(row), { rank: 'facts', noun: 'check' }),
      ...rows(of('ok', 'skipped').map(row), { rank: 'story', noun: 'check' }),
      ...aside([dated('checked ', instantToken(view.at, now))]),
      ...buttons(view.actions),
    ],
  }
}

function row({ name, state, detail, fix }: CheckLine): readonly Span[] {
  return [
    glue(`${CHECK_MARKS[state]} `),
    bold(name),
    glue('  '),
    say(detail, 300),
    ...(fix === null ? [] : [glue('\n      → '), ...prose(fix, 500)]),
  ]
}
