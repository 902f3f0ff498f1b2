import type { HistoryView } from '../model/view.ts'
import { plural } from '../model/words.ts'
import { card, notes, rows, text, type Card, type Row } from './card.ts'
import { oneLine, poolName } from './words.ts'

/** Who did what and how it ended, as given (newest first). */
export function historyCard({ pool, entries, refused = 0 }: HistoryView): Card {
  const count = entries.length
  const failed = entries.filter(({ tone }) => tone === 'bad').length
  const what = count === 0 ? 'nothing yet' : count === 1 ? 'the last entry' : `the last ${count} entries`
  const headline = `History of ${poolName(pool)}: ${what}${failed > 0 ? `, ${failed} failed` : ''}`
  return card({ tone: 'info', mark: 'history', headline }, [
    count === 0 ? text('Nothing has happened yet.') : null,
    rows(entries.map(row), 'entry'),
    refused === 0 ? null : notes([`${plural(refused, 'refused request')} left out: `, { code: '/spinup history all' }]),
  ])
}

function row({ at, actor, what, outcome, tone, where, pool }: HistoryView['entries'][number]): Row {
  return {
    mark: tone === 'info' ? 'point' : tone,
    words: [
      { at, as: 'ago' },
      `  ${pool === undefined ? '' : `${poolName(pool)}: `}`,
      // A sentence goes on here.
      { strong: what.replace(/\.$/, '') },
      ` by ${oneLine(actor.name, 80)}${where === undefined ? '' : `, in ${where}`}`,
      outcome === '' ? '' : `: ${oneLine(outcome, 200)}`,
    ],
  }
}
