import type { StatsView } from '../model/view.ts'
import { capital, duration, percent, plainNumber, statName } from '../model/words.ts'
import { card, chart, facts, notes, type Card, type Span } from './card.ts'
import { oneLine, poolName } from './words.ts'

/** One stat over a range: the numbers, the chart, each member's. */
export function statsCard(view: StatsView): Card {
  const shown = (value: number | null): string =>
    value === null ? '–' : view.unit === 'fraction' ? percent(value) : plainNumber(value)
  const name = capital(oneLine(statName(view.stat), 40))
  const range = duration(view.toAt - view.fromAt)
  const others = view.available.filter((stat) => stat !== view.stat)
  return card(
    {
      tone: 'info',
      mark: 'chart',
      headline: `${name} of ${poolName(view.pool)}: ${shown(view.now)} now, last ${range}`,
    },
    [
      facts([
        ['Now', shown(view.now)],
        ['Mean', shown(view.mean)],
        ['p95', shown(view.p95)],
        ['Highest', shown(view.max)],
      ]),
      chart(view.chart),
      {
        kind: 'table',
        head: ['', 'NOW', 'MEAN'],
        rows: view.perMember.map(({ id, now, mean }) => [id, shown(now), shown(mean)]),
        right: [1, 2],
        noun: 'member',
        rank: 'detail',
      },
      others.length === 0
        ? null
        : notes([
            'Also reported: ',
            ...others.flatMap((stat, index): readonly Span[] => [
              ...(index === 0 ? [] : [', ']),
              { code: stat, type: `/spinup stats ${stat}` },
            ]),
          ]),
    ],
  )
}
