import type { Action, AnswerView, Field, Tone } from './view.ts'

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
