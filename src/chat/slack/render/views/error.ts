import type { ErrorView } from '../../../../core/model/view.ts'
import type { Drawn } from '../context.ts'
import { TONE_MARKS } from '../marks.ts'
import { words } from '../parts.ts'
import { bold, code, glue } from '../rich.ts'

/** What was typed could not be taken: why, the nearest right line, an example. No big letters: it is a slip. */
export function drawError(view: ErrorView): Drawn {
  const { suggestion, example } = view
  return {
    parts: [
      ...words('headline', [glue(`${TONE_MARKS.bad} `), bold(view.message, 1500)]),
      ...(suggestion === null ? [] : words('facts', [glue('Did you mean '), code(suggestion, 300), glue('?')])),
      ...(example === null ? [] : words('story', [glue('For example: '), code(example, 300)])),
    ],
  }
}
