import type { Action } from '../../core/model/view.ts'
import { table } from './table.ts'

/** Parts with an empty line between them; empty ones are left out. */
export function paragraphs(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n')
}

/** The lines that buttons stand for; a press that is not a line is named by its opaque action. */
export function actionLines(actions: readonly Action[]): string {
  return table(actions.map(({ action, label }) => [`[${label}]`, lineOf(action)]))
}

/** What to type, or to hand to the actions API, instead of pressing. */
export function lineOf(action: string): string {
  if (action.startsWith('run:')) return action.slice('run:'.length)
  if (action.startsWith('ask:deny:')) return '/spinup deny REASON'
  if (action === 'ask:policy') return '/spinup policy NAME=VALUE'
  if (action === 'ask:connect') return '/spinup connect'
  return `action ${action}`
}
