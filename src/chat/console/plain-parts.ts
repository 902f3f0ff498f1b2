import type { Action } from '../../core/model/view.ts'
import { lineOf } from '../../core/model/card-words.ts'
import { table } from '../../core/model/table.ts'

/** Parts with an empty line between them; empty ones are left out. */
export function paragraphs(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n')
}

/** The lines that buttons stand for; a press that is not a line is named by its opaque action. */
export function actionLines(actions: readonly Action[]): string {
  return table(actions.map(({ action, label }) => [`[${label}]`, lineOf(action)]))
}
