import type { StepLine } from '../../../../core/model/view.ts'
import { percent } from '../../../../core/model/words.ts'
import { STEP_MARKS } from '../marks.ts'
import { bold, glue, say, type Span } from '../rich.ts'

/** One step of a longer piece of work; the one under way stands out. */
export function stepRow({ label, state, detail, progress }: StepLine): readonly Span[] {
  const far = progress === null ? '' : percent(Math.min(1, Math.max(0, progress)))
  const rest = [far, detail ?? ''].filter(Boolean).join(', ')
  return [
    glue(`${STEP_MARKS[state]} `),
    state === 'doing' || state === 'failed' ? bold(label) : say(label, 120),
    ...(rest === '' ? [] : [glue('  '), say(rest, 300)]),
  ]
}
