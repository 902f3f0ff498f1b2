import type { VisualView } from '../model/view.ts'
import { duration } from '../model/words.ts'
import { actions, card, chart, notes, type Card, type Span } from './card.ts'
import { oneLine, poolName } from './words.ts'

/** A picture that a visualisation drew, and which others there are. */
export function visualCard(view: VisualView): Card {
  const of = view.names.length === 0 ? '' : ` of ${view.names.map((name) => oneLine(name, 40)).join(', ')}`
  const range = duration(view.toAt - view.fromAt)
  return card(
    { tone: 'info', mark: 'chart', headline: `${poolName(view.pool)}: ${oneLine(view.title, 80)}${of}, last ${range}` },
    [
      chart(view.chart),
      view.others.length === 0
        ? null
        : notes([
            'Also: ',
            ...view.others.flatMap((name, index): readonly Span[] => [
              ...(index === 0 ? [] : [', ']),
              { code: name, type: `/spinup show ${name}` },
            ]),
          ]),
      view.schedule === undefined ? null : notes([`Comes ${oneLine(view.schedule.words, 200)}`]),
      actions(view.schedule?.actions ?? []),
    ],
  )
}
