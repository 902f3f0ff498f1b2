import type { View } from '../../core/model/view.ts'

/** Whether an answer says that something was done, and does not only inform. */
export function isDone(views: readonly View[]): boolean {
  return !views.every((view) => view.kind === 'answer' && view.tone === 'info')
}
