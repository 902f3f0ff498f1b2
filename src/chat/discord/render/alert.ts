import type { AlertView } from '../../../core/model/view.ts'
import { duration } from '../../../core/model/words.ts'
import { escape, prose } from './escape.ts'
import { buttons, fields, headline, sheet, small, text, TONE_MARKS } from './parts.ts'
import type { Sheet } from './parts.ts'
import { clock, since } from './when.ts'

/** What a person should know and what to do about it; or that it is over. */
export function alert(view: AlertView): Sheet {
  if (view.state === 'resolved') {
    const { resolvedAt } = view
    const after = resolvedAt === null ? '' : ` after ${duration(resolvedAt - view.since)}`
    return sheet(
      'good',
      headline(TONE_MARKS.good, `Resolved${after}: ${escape(view.title)}`),
      text(2, ...prose(view.text)),
      fields(3, view.facts),
      resolvedAt === null ? null : text(4, small(`${clock(view.since)} to ${clock(resolvedAt)}`)),
      buttons(view.actions),
    )
  }
  const [fix = '', ...rest] = view.fix === null ? [] : prose(view.fix)
  return sheet(
    view.tone,
    headline(TONE_MARKS[view.tone], escape(view.title)),
    text(1, ...prose(view.text)),
    text(1, fix === '' ? null : `**What to do:** ${fix}`, ...rest),
    fields(2, view.facts),
    text(3, small(`Began ${since(view.since)} (${clock(view.since)})`)),
    buttons(view.actions),
  )
}
