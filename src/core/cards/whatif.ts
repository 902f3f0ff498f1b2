import type { Tone, WhatIfView } from '../model/view.ts'
import { whatIfRows } from '../model/card-words.ts'
import { duration } from '../model/words.ts'
import { actions, card, chart, notes, rows, text, type Card } from './card.ts'
import { firstOf, oneLine, poolName } from './words.ts'

const VERDICTS: Readonly<Record<'better' | 'worse' | 'neutral', Tone>> = {
  better: 'good',
  worse: 'warn',
  neutral: 'info',
}

/** A replay: the change, what it would have meant, the figures side by side, and what limits them. */
export function whatIfCard(view: WhatIfView): Card {
  const changes = view.changes.map(({ name, from, to }) => `${name} ${oneLine(from, 80)} → ${oneLine(to, 80)}`)
  return card({ tone: 'info', mark: 'replay', headline: `${poolName(view.pool)}: what if ${firstOf(changes)}?` }, [
    text(view.summary, 'facts'),
    rows(changes.length > 3 ? changes.map((change) => ({ mark: null, words: [change] })) : [], 'change', 'detail'),
    {
      kind: 'table',
      head: ['', 'RECORDED', 'AS IT IS', 'CHANGED'],
      rows: whatIfRows(view).map(({ name, recorded, present, changed, verdict }) => [
        name,
        recorded,
        present,
        { text: changed, tone: VERDICTS[verdict] },
      ]),
      right: [1, 2, 3],
      noun: 'figure',
      rank: 'story',
    },
    chart(view.chart),
    notes(`${duration(view.toAt - view.fromAt)} replayed`, ...view.notes),
    actions(view.actions),
  ])
}
