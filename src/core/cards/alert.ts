import type { AlertView } from '../model/view.ts'
import { duration } from '../model/words.ts'
import { actions, card, facts, notes, text, there, type Card, type Head } from './card.ts'

/** Something to know: what, the evidence, what to do; once it is over, how long it lasted. */
export function alertCard(view: AlertView): Card {
  const resolved = view.state === 'resolved'
  const question = view.asks !== undefined
  return card(
    head(view),
    [text(view.text), text(resolved || view.fix === null ? null : `→ ${view.fix}`, 'facts'), actions(view.actions)],
    {
      timer: resolved ? null : question ? { at: view.asks, counts: 'down' } : { at: view.since, counts: 'up' },
      gist: view.text,
      // That something is over matters to those who know of it; their card is edited whatever they chose.
      urgency: question || (!resolved && (view.tone === 'bad' || view.tone === 'warn')) ? 'trouble' : 'detail',
      // Of a question the outcome as well: nobody should press what is decided.
      pressing: question ? 'always' : !resolved && view.tone === 'bad' ? 'once' : null,
      final: resolved,
      details:
        view.facts.length === 0
          ? null
          : {
              title: view.title,
              blocks: there([
                facts(view.facts.map(({ name, value }) => [name, value])),
                notes(['began ', { at: view.since, as: 'ago' }]),
              ]),
            },
    },
  )
}

const ANSWERED = { good: 'good', bad: 'denied', info: 'unanswered', warn: 'question' } as const

function head({ state, tone, title, since, resolvedAt, asks }: AlertView): Head {
  if (asks !== undefined) return { tone, mark: ANSWERED[tone], headline: title }
  if (state === 'active') return { tone, mark: tone, headline: title }
  const after = resolvedAt === null ? '' : ` after ${duration(resolvedAt - since)}`
  const what = title.replace(/^resolved:\s*/i, '')
  return { tone: 'good', mark: 'good', headline: `Resolved${after}: ${what}` }
}
