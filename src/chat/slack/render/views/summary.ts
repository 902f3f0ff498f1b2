import type { SummaryView } from '../../../../core/model/view.ts'
import { dollars, duration, plural } from '../../../../core/model/words.ts'
import { buttons } from '../buttons.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { aside, figures, headline, picture, poolName } from '../parts.ts'

/** A pool's week, with its cost against a fleet of fixed size. */
export function drawSummary(view: SummaryView, { images }: SlackContext): Drawn {
  const saved = view.fixed.dollars - view.dollars
  const difference = `${dollars(Math.abs(saved))} ${saved < 0 ? 'more than a fixed fleet' : 'saved'}`
  return {
    parts: [
      headline(
        '🗓️',
        `${poolName(view.pool)}, last ${duration(view.toAt - view.fromAt)}: ${dollars(view.dollars)}, ${difference}`,
      ),
      figures([
        { name: 'Scaled', value: `${view.scaleOuts} × out, ${view.scaleIns} × in, ${view.failed} failed` },
        { name: 'Most at once', value: view.peak === null ? 'not known' : plural(view.peak.members, 'member') },
        { name: 'Overloaded', value: view.overloadedMs === 0 ? 'never' : duration(view.overloadedMs) },
        {
          name: `Always ${plural(view.fixed.droplets, 'droplet')}`,
          value: `${dollars(view.fixed.dollars)}: ${difference}`,
        },
      ]),
      ...picture(view.chart, images),
      ...aside(view.notes),
      ...buttons(view.actions),
    ],
  }
}
