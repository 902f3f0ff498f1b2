import type { ErrorView } from '../model/view.ts'
import { card, rows, type Card, type Row } from './card.ts'

/** What was typed could not be taken: why, the nearest right line, an example. */
export function errorCard({ message, suggestion, example }: ErrorView): Card {
  const hint = (label: string, line: string | null): readonly Row[] =>
    line === null ? [] : [{ mark: null, words: [`${label}  `, { code: line }] }]
  return card(
    { tone: 'bad', mark: 'bad', headline: message },
    [rows([...hint('Did you mean', suggestion), ...hint('For example', example)], 'hint', 'facts')],
    { audience: 'person' },
  )
}
