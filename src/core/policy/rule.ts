import type { Memory, Observation, Rule } from '../model/decision.ts'
import type { LoadMemory } from '../model/load.ts'
import type { Policy } from '../model/policy.ts'
import type { Reading } from './load/reading.ts'

/** Everything a rule may look at. */
export interface Context {
  readonly observation: Observation
  readonly policy: Policy
  readonly memory: Memory
  readonly load: LoadMemory
  readonly now: number
  readonly reading: Reading
  /** The pool's present size. */
  readonly size: number
}

/** A decision in the making: each rule may change where it goes, and then names itself. */
export interface Draft {
  /** What the load alone asks for. */
  readonly wanted: number
  readonly to: number
  readonly rule: Rule
  readonly reason: string
  readonly formula: string
}

/** A rule looks at the draft so far and hands on the same or another. */
export type JudgeRule = (context: Context, draft: Draft) => Draft

/** Stays at the present size because of `rule`. */
export function hold(context: Context, draft: Draft, rule: Rule, reason: string): Draft {
  return { ...draft, to: context.size, rule, reason }
}
