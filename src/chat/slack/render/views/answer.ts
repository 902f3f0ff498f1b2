import type { AnswerView } from '../../../../core/model/view.ts'
import { buttons } from '../buttons.ts'
import type { Drawn } from '../context.ts'
import { TONE_MARKS } from '../marks.ts'
import { facts, headline, story } from '../parts.ts'

/** A plain answer. */
export function drawAnswer(view: AnswerView): Drawn {
  return {
    parts: [
      headline(TONE_MARKS[view.tone], view.title),
      ...story(view.text),
      ...facts(view.fields),
      ...buttons(view.actions),
    ],
  }
}
