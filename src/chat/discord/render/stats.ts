import type { StatsView } from '../../../core/model/view.ts'
import { capital, duration, percent, plainNumber, statName } from '../../../core/model/words.ts'
import { escape } from './escape.ts'
import { chart, headline, rows, sheet, small, text } from './parts.ts'
import type { DiscordContext, Sheet } from './parts.ts'

/** One stat over a range: the present value first, the chart, then each member's. */
export function stats(view: StatsView, context: DiscordContext): Sheet {
  const shown = (value: number | null): string =>
    value === null ? '–' : view.unit === 'fraction' ? percent(value) : plainNumber(value)
  const name = escape(capital(statName(view.stat)), 60)
  const others = view.available.filter((stat) => stat !== view.stat)
  const range = duration(view.toAt - view.fromAt)
  return sheet(
    'info',
    headline('📊', `${name} of ${escape(view.pool, 60)}: ${shown(view.now)} now`),
    text(
      1,
      `Last ${range}: mean **${shown(view.mean)}** · p95 **${shown(view.p95)}** · highest **${shown(view.max)}**`,
    ),
    chart(view.chart, context),
    view.perMember.length === 0
      ? null
      : rows(
          3,
          [['MEMBER', 'NOW', 'MEAN'], ...view.perMember.map(({ id, now, mean }) => [id, shown(now), shown(mean)])],
          [1, 2],
        ),
    others.length === 0 ? null : text(4, small(`Also reported: ${escape(others.join(', '), 600)}`)),
  )
}
