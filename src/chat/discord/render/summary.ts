import type { SummaryView } from '../../../core/model/view.ts'
import { dollars, duration, plural } from '../../../core/model/words.ts'
import { escape } from './escape.ts'
import { buttons, chart, headline, notes, sheet, text } from './parts.ts'
import type { DiscordContext, Sheet } from './parts.ts'
import { day } from './when.ts'

/** A pool's week: its cost against a fixed fleet, its changes, its trouble. */
export function summary(view: SummaryView, context: DiscordContext): Sheet {
  const saved = view.fixed.dollars - view.dollars
  const fleet = `${plural(view.fixed.droplets, 'droplet')} all the time`
  const against =
    Math.abs(saved) < 0.005
      ? `as much as ${fleet}`
      : `${dollars(Math.abs(saved))} ${saved < 0 ? 'more' : 'less'} than ${fleet}`
  const peak = view.peak === null ? null : `At most **${plural(view.peak.members, 'member')}**, ${day(view.peak.at)}`
  return sheet(
    view.failed > 0 ? 'warn' : 'info',
    headline(
      '🗓️',
      `${escape(view.pool, 60)}, the last ${duration(view.toAt - view.fromAt)}: ${dollars(view.dollars)}, ${against}`,
    ),
    text(
      1,
      `📈 ${plural(view.scaleOuts, 'scale out')} · 📉 ${plural(view.scaleIns, 'scale in')}${view.failed === 0 ? '' : ` · ❌ **${view.failed} failed**`}`,
      view.overloadedMs === 0 ? 'Never overloaded' : `Overloaded for **${duration(view.overloadedMs)}**`,
      peak,
      `${dollars(view.dollars)} of the ${dollars(view.fixed.dollars)} that ${fleet} cost`,
    ),
    chart(view.chart, context),
    notes(3, view.notes),
    buttons(view.actions),
  )
}
