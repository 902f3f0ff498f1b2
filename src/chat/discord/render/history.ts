import type { HistoryView } from '../../../core/model/view.ts'
import { escape } from './escape.ts'
import { headline, sheet, text, TONE_MARKS } from './parts.ts'
import type { Sheet } from './parts.ts'
import { since } from './when.ts'

/** Who did what and how it ended, as given (newest first). */
export function history(view: HistoryView): Sheet {
  const pool = escape(view.pool, 60)
  if (view.entries.length === 0) return sheet('info', headline('🗒️', `History of ${pool}: nothing has happened yet`))
  const failed = view.entries.filter(({ tone }) => tone === 'bad').length
  const count = view.entries.length === 1 ? 'newest entry' : `${view.entries.length} newest entries`
  return sheet(
    'info',
    headline('🗒️', `History of ${pool}: the ${count}${failed === 0 ? '' : `, ${failed} failed`}`),
    text(1, ...view.entries.map(line)),
  )
}

function line({ at, actor, where, what, outcome, tone }: HistoryView['entries'][number]): string {
  const mark = tone === 'info' ? '▫️' : TONE_MARKS[tone]
  const from = where === undefined ? '' : ` (${escape(where, 40)})`
  const told = [what, outcome].filter((part) => part !== '').map((part) => escape(part))
  return `${mark} ${since(at)} **${escape(actor.name, 80)}**${from} ${told.join(' · ')}`
}
