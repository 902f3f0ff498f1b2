import type { Actor } from '../pool.ts'
import type { Action } from './parts.ts'

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
