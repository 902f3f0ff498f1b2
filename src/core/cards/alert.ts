import type { AlertView } from '../model/view.ts'
import { duration } from '../model/words.ts'
import { actions, card, facts, notes, text, type Card, type Head } from './card.ts'

/** Something to know: what, the evidence, what to do; once it is over, how long it lasted. */
export function alertCard(view: AlertView): Card {
  const resolved = view.state === 'resolved'
  return card(
    head(view),
    [
      text(view.text),
      text(resolved ? null : view.fix, 'facts', { label: 'What to do' }),
      facts(
        view.facts.map(({ name, value }) => [name, value]),
        'detail',
      ),
      notes([resolved ? 'began ' : 'since ', { at: view.since, as: 'ago' }]),
      actions(view.actions),
    ],
    resolved ? {} : { timer: { at: view.since, counts: 'up' } },
  )
}

function head({ state, tone, title, since, resolvedAt }: AlertView): Head {
  if (state === 'active') return { tone, mark: tone, headline: title }
  const after = resolvedAt === null ? '' : ` after ${duration(resolvedAt - since)}`
  const what = title.replace(/^resolved:\s*/i, '')
  return { tone: 'good', mark: 'good', headline: `Resolved${after}: ${what}` }
}
