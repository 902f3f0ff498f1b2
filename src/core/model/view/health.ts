import type { Action, Tone, Field } from './parts.ts'

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
