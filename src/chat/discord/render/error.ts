import type { ErrorView } from '../../../core/model/view.ts'
import { code, prose } from './escape.ts'
import { headline, sheet, text, TONE_MARKS } from './parts.ts'
import type { Sheet } from './parts.ts'

/** What was typed could not be taken; nothing changed. */
export function error(view: ErrorView): Sheet {
  const [first = 'That did not work.', ...rest] = prose(view.message, 600)
  return sheet(
    'bad',
    headline(TONE_MARKS.bad, first),
    text(1, ...rest),
    text(
      1,
      view.suggestion === null ? null : `Did you mean ${code(view.suggestion, 300)}?`,
      view.example === null ? null : `For example: ${code(view.example, 300)}`,
    ),
  )
}
