import type { WhatIfView } from '../../../core/model/view.ts'
import { whatIfRows } from '../../../core/model/what-if-words.ts'
import { duration } from '../../../core/model/words.ts'
import { escape, prose } from './escape.ts'
import { buttons, chart, headline, notes, rows, sheet, text } from './parts.ts'
import type { DiscordContext, Sheet } from './parts.ts'

/** A replay: what the change would have meant, the chart, the figures side by side, and what limits them. */
export function whatIf(view: WhatIfView, context: DiscordContext): Sheet {
  const changes = view.changes.map(
    ({ name, from, to }) => `${escape(name, 60)} ${escape(from, 80)} → ${escape(to, 80)}`,
  )
  const more = changes.length > 3 ? ` and ${changes.length - 3} more` : ''
  const figures = whatIfRows(view).map(({ name, recorded, present, changed }) => [name, recorded, present, changed])
  return sheet(
    'info',
    headline('🔮', `${escape(view.pool, 60)}: what if ${changes.slice(0, 3).join(', ')}${more}`),
    text(1, ...prose(view.summary)),
    chart(view.chart, context),
    rows(1, [['', 'RECORDED', 'AS IT IS', 'CHANGED'], ...figures], [1, 2, 3]),
    notes(3, [`${duration(view.toAt - view.fromAt)} replayed.`, ...view.notes]),
    buttons(view.actions),
  )
}
