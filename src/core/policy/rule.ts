import type { Memory, Observation, Rule } from '../model/decision.ts'
import type { Policy } from '../model/policy.ts'
import type { Measure } from './measure.ts'

/** Everything a rule may look at. */
export interface Context {
  readonly observation: Observation
  readonly policy: Policy
  readonly memory: Memory
  readonly now: number
  readonly measure: Measure
}

/** A decision in the making: each rule may change where it goes, and then names itself. */
export interface Draft {
  /** What the target alone asks for. */
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
  return { ...draft, to: context.measure.size, rule, reason }
}
