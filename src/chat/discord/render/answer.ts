import type { AnswerView } from '../../../core/model/view.ts'
import { escape, prose } from './escape.ts'
import { buttons, fields, headline, sheet, text, TONE_MARKS } from './parts.ts'
import type { Sheet } from './parts.ts'

/** A plain answer; a link in one for the person alone, the one-time one, can be followed. */
export function answer(view: AnswerView): Sheet {
  return sheet(
    view.tone,
    headline(TONE_MARKS[view.tone], escape(view.title)),
    text(1, ...prose(view.text, 1500, view.private === true)),
    fields(2, view.fields),
    buttons(view.actions),
  )
}
