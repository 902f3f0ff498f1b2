import type { Action, AnswerView, Field, Tone, View } from './view.ts'

/** A plain answer. */
export function answer(
  tone: Tone,
  title: string,
  text: string,
  actions: readonly Action[] = [],
  fields: readonly Field[] = [],
): AnswerView {
  return { kind: 'answer', tone, title, text, fields, actions }
}

/** Whether an answer says that something was done, and does not only inform. */
export function isDone(views: readonly View[]): boolean {
  return !views.every((view) => view.kind === 'answer' && view.tone === 'info')
}
