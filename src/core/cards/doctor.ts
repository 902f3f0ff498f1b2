import type { CheckLine, DoctorView } from '../model/view.ts'
import { plural } from '../model/words.ts'
import { oneLine } from './words.ts'
import { actions, card, notes, rows, type Card, type Head, type Mark, type Row } from './card.ts'

const MARKS: Readonly<Record<CheckLine['state'], Mark>> = {
  ok: 'good',
  warn: 'warn',
  failed: 'bad',
  waiting: 'waiting',
  skipped: 'skipped',
}

/** The state of everything; what needs a hand comes first, each with what to do. */
export function doctorCard(view: DoctorView): Card {
  const of = (...states: readonly CheckLine['state'][]): readonly Row[] =>
    states.flatMap((wanted) => view.checks.filter(({ state }) => state === wanted)).map(row)
  return card(
    head(view),
    [
      rows(of('failed', 'warn', 'waiting'), 'check', 'facts'),
      rows(of('ok', 'skipped'), 'check'),
      notes(['checked ', { at: view.at, as: 'ago' }]),
      actions(view.actions),
    ],
    { audience: 'person' },
  )
}

function row({ name, state, detail, fix }: CheckLine): Row {
  return {
    mark: MARKS[state],
    words: [{ strong: name }, `  ${oneLine(detail, 300)}`],
    ...(fix === null ? {} : { under: fix }),
  }
}

function head({ checks }: DoctorView): Head {
  const count = (wanted: CheckLine['state']): number => checks.filter(({ state }) => state === wanted).length
  const [failed, warned, waiting] = [count('failed'), count('warn'), count('waiting')]
  const found = [
    failed > 0 ? `${failed} failed` : '',
    warned > 0 ? plural(warned, 'warning') : '',
    waiting > 0 ? `${waiting} waiting` : '',
  ].filter((part) => part !== '')
  const tone = failed > 0 ? 'bad' : warned > 0 ? 'warn' : waiting > 0 ? 'info' : 'good'
  const all = checks.length - count('skipped')
  const what = found.length > 0 ? found.join(', ') : 'no problems'
  return {
    tone,
    mark: tone === 'info' ? 'checks' : tone,
    headline: `Doctor: ${what}, ${count('ok')} of ${all} fine`,
  }
}
