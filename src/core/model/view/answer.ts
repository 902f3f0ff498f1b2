import type { Task } from '../task.ts'
import type { Action, Tone, Field } from './parts.ts'

/** A plain answer or acknowledgement. */
export interface AnswerView {
  readonly kind: 'answer'
  readonly tone: Tone
  readonly title: string
  readonly text: string
  readonly fields: readonly Field[]
  readonly actions: readonly Action[]
  /** For the person who asked alone: a one-time link, say. */
  readonly private?: true
}

export interface HelpView {
  readonly kind: 'help'
  /** `tasks`: one screen of everything; else what is explained: one command, all of a task, or all there are. */
  readonly topic: 'tasks' | 'command' | 'all' | Task
  readonly commands: readonly {
    readonly name: string
    readonly task: Task
    readonly usage: string
    readonly summary: string
    readonly example: string
  }[]
}

/** What was typed could not be taken; nothing changed. */
export interface ErrorView {
  readonly kind: 'error'
  readonly code: string
  readonly message: string
  /** The nearest right word or line, if any. */
  readonly suggestion: string | null
  readonly example: string | null
}
