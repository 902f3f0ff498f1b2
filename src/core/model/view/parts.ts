import type { Task } from '../task.ts'
import type { Actor } from '../pool.ts'

/**
 * A button. `action` is opaque to platforms: `approve:ID` / `deny:ID` press a proposal, `apply:MARK:NAME=VALUE …`
 * changes the policy if it is still the one of that mark, `run:/spinup …` types a command for the person who pressed,
 * `doctor:press:ID` is the button that a check-up waits for.
 * One that begins with `ask:` needs a form first, which the handlers give (`ask:deny:ID`, `ask:policy`).
 */
export interface Action {
  readonly action: string
  readonly label: string
  readonly style: 'primary' | 'danger' | 'plain'
  /** Seldom pressed: in a menu beside the others. */
  readonly more?: true
}

export type Tone = 'info' | 'good' | 'warn' | 'bad'

/** One labelled value; `value` is already words. */
export interface Field {
  readonly name: string
  readonly value: string
}

/** A chart by reference: bytes are fetched by id in the wanted theme. `alt` holds the numbers in words. */
export interface ChartRef {
  readonly id: string
  readonly title: string
  readonly alt: string
}

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
  /** Nothing was done yet: the request of this id waits for a person. */
  readonly waits?: string
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

/** Something a person should know, without a decision: silent agents, a balancer unreachable, an override lapsing. */
export interface AlertView {
  readonly kind: 'alert'
  readonly tone: Tone
  readonly title: string
  readonly text: string
  readonly fix: string | null
  /** The evidence, one line each. */
  readonly facts: readonly Field[]
  readonly actions: readonly Action[]
  readonly state: 'active' | 'resolved'
  readonly since: number
  readonly resolvedAt: number | null
  /** It is a question, which waits for an answer until then, epoch ms; once it is resolved, the title says what came of it. */
  readonly asks?: number
}

/** One check of `/spinup doctor`. */
export interface CheckLine {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'failed' | 'waiting' | 'skipped'
  /** What was seen. */
  readonly detail: string
  /** What to do about it; null where nothing is wrong. */
  readonly fix: string | null
}

export interface DoctorView {
  readonly kind: 'doctor'
  readonly at: number
  readonly checks: readonly CheckLine[]
  readonly actions: readonly Action[]
}

/** One step of a longer piece of work. */
export interface StepLine {
  readonly label: string
  readonly state: 'todo' | 'doing' | 'done' | 'failed'
  readonly detail: string | null
  /** 0 to 1 while a long step runs. */
  readonly progress: number | null
}

/** The onboarding; one card that walks its steps. */
export interface ConnectView {
  readonly kind: 'connect'
  readonly title: string
  readonly steps: readonly StepLine[]
  readonly prompt: string | null
  readonly choices: readonly { readonly label: string; readonly detail: string; readonly action: string }[]
  /** A shell line to run on the droplet. */
  readonly line: string | null
  readonly actions: readonly Action[]
}

/** A new snapshot and the clones made from it; one card that walks its steps. */
export interface RefreshView {
  readonly kind: 'refresh'
  readonly pool: string
  readonly stage: 'working' | 'done' | 'failed' | 'stopped'
  readonly live: boolean
  readonly stopping: boolean
  readonly startedAt: number
  readonly endedAt: number | null
  readonly actor: Actor
  readonly steps: readonly StepLine[]
  /** What it waits for, why it failed, or the risk that was taken. */
  readonly note: string | null
  readonly actions: readonly Action[]
}
