import type { ErrorView } from '../../../../core/model/view.ts'
import type { Drawn } from '../context.ts'
import { TONE_MARKS } from '../marks.ts'
import { whole } from '../parts.ts'
import { bold, code, glue, rich } from '../rich.ts'

/** What was typed could not be taken: why, the nearest right line, an example. No big letters: it is a slip. */
export function drawError(view: ErrorView): Drawn {
  const { suggestion, example } = view
  return {
    parts: [
      whole('headline', rich([[glue(`${TONE_MARKS.bad} `), bold(view.message, 1500)]])),
      ...(suggestion === null
        ? []
        : [whole('facts', rich([[glue('Did you mean '), code(suggestion, 300), glue('?')]]))]),
      ...(example === null ? [] : [whole('story', rich([[glue('For example: '), code(example, 300)]]))]),
    ],
  }
}
