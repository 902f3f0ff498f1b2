import type { DigestView } from '../model/view.ts'
import { duration, plural } from '../model/words.ts'
import { oneLine } from './words.ts'
import { actions, card, rows, type Card, type Head, type Row } from './card.ts'

/** What a quiet channel missed: problems first, where a long list may be cut, then the rest; each oldest first. */
export function digestCard(view: DigestView): Card {
  const problem = ({ tone }: Entry): boolean => tone === 'bad' || tone === 'warn'
  return card(
    head(view),
    [
      rows(view.entries.filter(problem).map(row), 'problem', 'facts'),
      rows(view.entries.filter((entry) => !problem(entry)).map(row), 'notice'),
      actions(view.actions),
    ],
    { urgency: 'change' },
  )
}

type Entry = DigestView['entries'][number]

function row({ at, tone, title, text }: Entry): Row {
  const why = tone === 'bad' || tone === 'warn' ? `  ${oneLine(text, 300)}` : ''
  return { mark: tone, words: [{ at, as: 'clock' }, '  ', { strong: title }, why] }
}

function head({ entries, fromAt, toAt }: DigestView): Head {
  const bad = entries.filter(({ tone }) => tone === 'bad').length
  const problems = bad + entries.filter(({ tone }) => tone === 'warn').length
  const tone = bad > 0 ? 'bad' : problems > 0 ? 'warn' : 'info'
  const what = entries.length === 0 ? 'nothing happened' : plural(entries.length, 'notice')
  const trouble = problems > 0 ? `, ${plural(problems, 'problem')}` : ''
  return {
    tone,
    mark: tone === 'info' ? 'quiet' : tone,
    headline: `In ${duration(toAt - fromAt)} of quiet: ${what}${trouble}`,
  }
}
