import type { WhatIfView } from '../../core/model/view.ts'
import { whatIfRows } from '../../core/model/what-if-words.ts'
import { duration } from '../../core/model/words.ts'
import { actionLines, paragraphs } from './plain-parts.ts'
import { indent, table } from '../../core/model/table.ts'

/** A replay: the change, what it would have meant, the figures side by side, and what limits them. */
export function plainWhatIf(view: WhatIfView): string {
  const changes = view.changes.map(({ name, from, to }) => `${name} ${from} → ${to}`).join(', ')
  const rows = whatIfRows(view).map(({ name, recorded, present, changed }) => [name, recorded, present, changed])
  return paragraphs(
    `What if ${changes} — ${view.pool}, ${duration(view.toAt - view.fromAt)} replayed`,
    indent(view.summary),
    indent(table([['', 'RECORDED', 'AS IT IS', 'CHANGED'], ...rows], [1, 2, 3])),
    view.chart === null ? null : indent(view.chart.alt),
    indent(view.notes.join('\n')),
    indent(actionLines(view.actions)),
  )
}
