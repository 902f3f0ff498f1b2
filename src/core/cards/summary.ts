import type { SummaryView } from '../model/view.ts'
import { cost, duration, plural } from '../model/words.ts'
import { actions, card, chart, facts, notes, rows, there, type Card, type Head, type Row } from './card.ts'
import { poolName } from './words.ts'

/** A pool's week, with its cost against a fleet of fixed size. */
export function summaryCard(view: SummaryView): Card {
  const most = Math.max(view.dollars, view.fixed.dollars)
  const bar = (name: string, paid: number): Row => ({
    mark: null,
    words: [{ strong: cost(paid) }, `  ${name}`],
    share: most > 0 ? paid / most : 0,
  })
  return card(
    head(view),
    [
      facts([
        [
          'Scaled',
          `${view.scaleOuts} × out, ${view.scaleIns} × in, ${view.failed === 0 ? 'none' : view.failed} failed`,
        ],
        ['Most at once', view.peak === null ? 'not known' : plural(view.peak.members, 'member')],
        ['Overloaded', view.overloadedMs === 0 ? 'never' : duration(view.overloadedMs)],
      ]),
      rows(
        [
          bar('paid', view.dollars),
          bar(`for ${plural(view.fixed.droplets, 'droplet')} all the time`, view.fixed.dollars),
        ],
        'amount',
        'facts',
      ),
      chart(view.chart),
      actions(view.actions),
    ],
    {
      urgency: 'change',
      details: {
        title: `${poolName(view.pool)}: how that was counted`,
        blocks: there([
          notes(view.peak === null ? '' : ['most at once ', { at: view.peak.at, as: 'ago' }], ...view.notes),
        ]),
      },
    },
  )
}

function head(view: SummaryView): Head {
  const failed = view.failed > 0
  const range = duration(view.toAt - view.fromAt)
  return {
    tone: failed ? 'warn' : 'info',
    mark: failed ? 'warn' : 'week',
    headline: `${poolName(view.pool)}, last ${range}: ${cost(view.dollars)}, ${against(view)}${failed ? `, ${view.failed} failed` : ''}`,
  }
}

/** What it cost beside a fleet that is always of the peak's size. */
function against({ fixed, dollars: paid }: SummaryView): string {
  const saved = fixed.dollars - paid
  const fleet = `${plural(fixed.droplets, 'droplet')} all the time`
  if (cost(paid) === cost(fixed.dollars)) return `as much as ${fleet}`
  return `${cost(Math.abs(saved))} ${saved < 0 ? 'more' : 'less'} than ${fleet}`
}
