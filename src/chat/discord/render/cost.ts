import { capShare, dropletWords, monthName } from '../../../core/model/cost-words.ts'
import type { CostView, Tone } from '../../../core/model/view.ts'
import { dollars, plural } from '../../../core/model/words.ts'
import { escape } from './escape.ts'
import { buttons, headline, notes, rows, sheet, text } from './parts.ts'
import type { Sheet } from './parts.ts'

const MARKS: Readonly<Record<Tone, string>> = { info: '💰', good: '💰', warn: '⚠️', bad: '🛑' }

/** What the pool costs, and how near its limits are. */
export function cost(view: CostView): Sheet {
  const tone = toneOf(view)
  const month = escape(monthName(view.month), 20)
  return sheet(
    tone,
    headline(
      MARKS[tone],
      `${escape(view.pool, 60)}: ${dollars(view.dollarsPerHour)}/h now, ${dollars(view.projectedDollars)} by the end of ${month}`,
    ),
    rows(
      1,
      [
        ['now', `${dollars(view.dollarsPerHour)}/h`, dropletWords(view)],
        [monthName(view.month), dollars(view.monthDollars), 'so far'],
        ['to its end', dollars(view.projectedDollars), 'projected'],
        ['fixed fleet', dollars(view.fixed.dollars), `${plural(view.fixed.droplets, 'droplet')} all month`],
      ],
      [1],
    ),
    text(
      1,
      ...view.caps.map(
        (cap) => `**Limit ${dollars(cap.limit)} ${cap.per === 'hour' ? 'an hour' : 'a month'}**: ${capShare(cap)}`,
      ),
    ),
    notes(3, view.notes),
    buttons(view.actions),
  )
}

function toneOf({ caps }: CostView): Tone {
  if (caps.some(({ used, limit }) => used >= limit)) return 'bad'
  return caps.some(({ projected, limit }) => projected !== null && projected > limit) ? 'warn' : 'info'
}
