import { capShare, dropletWords, monthName } from '../../../../core/model/cost-words.ts'
import type { CostView } from '../../../../core/model/view.ts'
import { dollars, plural } from '../../../../core/model/words.ts'
import { buttons } from '../buttons.ts'
import type { Drawn } from '../context.ts'
import { aside, figures, headline, rows, poolName } from '../parts.ts'
import { bold, glue } from '../rich.ts'

/** What the pool costs, and how near its limits are. */
export function drawCost(view: CostView): Drawn {
  const month = monthName(view.month)
  const over = view.caps.some(({ limit, used, projected }) => Math.max(used, projected ?? 0) > limit)
  return {
    parts: [
      headline(
        over ? '⚠️' : '💵',
        `${poolName(view.pool)}: ${dollars(view.dollarsPerHour)}/h, ${dollars(view.monthDollars)} so far in ${month}`,
      ),
      figures([
        {
          name: 'Now',
          value: `${dollars(view.dollarsPerHour)}/h, ${dropletWords(view)}`,
        },
        { name: month, value: `${dollars(view.monthDollars)} so far` },
        { name: `At the end of ${month}`, value: `${dollars(view.projectedDollars)} projected` },
        {
          name: 'A fixed fleet',
          value: `${dollars(view.fixed.dollars)}, ${plural(view.fixed.droplets, 'droplet')} all month`,
        },
      ]),
      ...rows(
        view.caps.map((cap) => [
          glue(Math.max(cap.used, cap.projected ?? 0) > cap.limit ? '⚠️ ' : '✅ '),
          bold(`Limit per ${cap.per}`),
          glue(`  ${dollars(cap.limit)}: ${capShare(cap)}`),
        ]),
        { rank: 'facts', noun: 'limit' },
      ),
      ...aside(view.notes),
      ...buttons(view.actions),
    ],
  }
}
