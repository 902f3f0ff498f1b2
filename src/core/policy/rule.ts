import type { Memory, Observation, Rule } from '../model/decision.ts'
import type { LoadMemory } from '../model/load.ts'
import type { Policy } from '../model/policy.ts'
import { capital, plural } from '../model/words.ts'
import type { Reading } from './load/reading.ts'
import type { StandIn } from './load/stand-in.ts'

/** Everything a rule may look at. */
export interface Context {
  readonly observation: Observation
  /** As it stands in for what is not reported; see `stand`. */
  readonly policy: Policy
  readonly stand: StandIn
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

/** Why the draft stands as it does, for a sentence that says where it goes instead. */
export function because(draft: Draft): string {
  return capital(draft.reason.replace(/^Holding at \d+: /, ''))
}

/** `1 member is still on the way in`. */
export function onTheWay(count: number): string {
  return `${plural(count, 'member')} ${count === 1 ? 'is' : 'are'} still on the way in`
}

/** Stays at the present size because of `rule`. */
export function hold(context: Context, draft: Draft, rule: Rule, reason: string): Draft {
  return { ...draft, to: context.size, rule, reason }
}
