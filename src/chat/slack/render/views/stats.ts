import type { StatsView } from '../../../../core/model/view.ts'
import { capital, duration, percent, plainNumber, statName } from '../../../../core/model/words.ts'
import { line } from '../escape.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { aside, columns, figures, headline, picture, poolName } from '../parts.ts'

/** One stat over a range: the numbers, the chart, each member's. */
export function drawStats(view: StatsView, { images }: SlackContext): Drawn {
  const shown = (value: number | null): string =>
    value === null ? '–' : view.unit === 'fraction' ? percent(value) : plainNumber(value)
  const others = view.available.filter((stat) => stat !== view.stat)
  const range = duration(view.toAt - view.fromAt)
  return {
    parts: [
      headline(
        '📊',
        `${capital(line(statName(view.stat), 40))} of ${poolName(view.pool)}: ${shown(view.now)} now, last ${range}`,
      ),
      figures([
        { name: 'Now', value: shown(view.now) },
        { name: 'Mean', value: shown(view.mean) },
        { name: '95th percentile', value: shown(view.p95) },
        { name: 'Highest', value: shown(view.max) },
      ]),
      ...picture(view.chart, images, 'story'),
      ...columns(
        ['', 'NOW', 'MEAN'],
        view.perMember.map(({ id, now, mean }) => [id, shown(now), shown(mean)]),
        { noun: 'member', right: [1, 2] },
      ),
      ...(others.length === 0 ? [] : aside([`Also reported: ${others.join(', ')}`])),
    ],
  }
}
