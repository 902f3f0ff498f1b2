import { inputWords, ruleWords } from '../model/card-words.ts'
import type { DecisionView } from '../model/view.ts'
import { card, chart, facts, notes, rows, said, type Card } from './card.ts'
import { poolName } from './words.ts'

const WAYS = {
  hold: ['hold', 'hold at'],
  scaleOut: ['out', 'scale out'],
  scaleIn: ['in', 'scale in'],
} as const

/** Why: the reason, the arithmetic and the numbers behind it. */
export function decisionCard({ pool, decision, observedOnly, chart: picture }: DecisionView): Card {
  const { kind, from, to, wanted, formula } = decision
  const [mark, what] = WAYS[kind]
  const sizes = kind === 'hold' ? String(to) : `${from} → ${to}`
  const headline = `${poolName(pool)}: ${observedOnly ? 'would ' : ''}${what} ${sizes}`
  return card(
    { tone: 'info', mark, headline },
    [
      said(decision.reason, 'facts'),
      rows(
        [
          { mark: null, words: [{ strong: 'Formula' }, '  ', { code: formula }] },
          {
            mark: null,
            words: [
              { strong: 'Wanted' },
              `  ${wanted}${wanted === to ? '' : `, limited to ${to}`} (${ruleWords(decision.rule)})`,
            ],
          },
        ],
        'line',
      ),
      facts(
        decision.inputs.map((input) => [input.name, inputWords(input)]),
        'detail',
      ),
      chart(picture),
      notes(['decided ', { at: decision.at, as: 'ago' }], observedOnly ? 'Mode observe: nothing was done.' : ''),
    ],
    { gist: decision.reason, urgency: 'change' },
  )
}
