import { inputWords, ruleWords } from '../model/card-words.ts'
import type { DecisionView } from '../model/view.ts'
import type { Decision } from '../model/decision.ts'
import { card, chart, facts, notes, rows, said, there, type Card } from './card.ts'
import { oneLine, poolName } from './words.ts'

const WAYS = {
  hold: ['hold', 'hold at'],
  scaleOut: ['out', 'scale out'],
  scaleIn: ['in', 'scale in'],
} as const

/** Why: the reason; in the details the arithmetic and the numbers behind it. */
export function decisionCard({ pool, decision, before, observedOnly, chart: picture }: DecisionView): Card {
  const { wanted, formula, to } = decision
  const headline = `${poolName(pool)}: ${observedOnly ? 'would ' : ''}${wayOf(decision)}`
  return card(
    { tone: 'info', mark: WAYS[decision.kind][0], headline },
    [
      said(decision.reason, 'facts'),
      before === undefined
        ? null
        : rows(
            [
              {
                mark: WAYS[before.kind][0],
                words: [
                  'Last change ',
                  { at: before.at, as: 'ago' },
                  `: ${wayOf(before)}. ${oneLine(before.reason, 300)}`,
                ],
              },
            ],
            'change',
          ),
      notes(observedOnly ? 'Mode observe: nothing was done.' : ''),
    ],
    {
      gist: decision.reason,
      urgency: 'change',
      details: {
        title: headline,
        blocks: there([
          rows(
            [
              ...(formula === ''
                ? []
                : [{ mark: null, words: [{ strong: 'Formula' }, '  ', { code: formula }] } as const]),
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
          notes(['decided ', { at: decision.at, as: 'ago' }]),
        ]),
      },
    },
  )
}

function wayOf({ kind, from, to }: Decision): string {
  return `${WAYS[kind][1]} ${kind === 'hold' ? to : `${from} → ${to}`}`
}
