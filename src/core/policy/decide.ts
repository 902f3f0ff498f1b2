import type { Decision, Input, Memory, Observation } from '../model/decision.ts'
import type { Policy } from '../model/policy.ts'
import { unitOf } from '../model/words.ts'
import { measure, type Measure } from './measure.ts'
import type { JudgeRule } from './rule.ts'
import { backoff } from './rules/backoff.ts'
import { candidates } from './rules/candidates.ts'
import { cooldown } from './rules/cooldown.ts'
import { limits } from './rules/limits.ts'
import { pause } from './rules/pause.ts'
import { pin } from './rules/pin.ts'
import { quiet } from './rules/quiet.ts'
import { settling } from './rules/settling.ts'
import { silent } from './rules/silent.ts'
import { begin, target } from './rules/target.ts'

/** What was judged; the engine gives it an id when it keeps it. */
export type Judgement = Omit<Decision, 'id'>

/** In order: what is wanted, what speaks against it, what always wins. Adding a rule: a file beside these, a line here. */
const RULES: readonly JudgeRule[] = [target, silent, settling, quiet, cooldown, pin, limits, candidates, backoff, pause]

/** Judges one pool at `now` (epoch ms) from plain data alone; the same arguments always give the same answer. */
export function decide(observation: Observation, policy: Policy, memory: Memory, now: number): Judgement {
  const measured = measure(observation, policy, now)
  const context = { observation, policy, memory, now, measure: measured }
  const draft = RULES.reduce((sofar, rule) => rule(context, sofar), begin(measured.size))
  const from = measured.size
  const kind = draft.to > from ? 'scaleOut' : draft.to < from ? 'scaleIn' : 'hold'
  return {
    poolId: observation.poolId,
    at: now,
    kind,
    from,
    to: draft.to,
    wanted: draft.wanted,
    rule: draft.rule,
    reason: kind === 'hold' && draft.rule === 'target' ? `Holding at ${from}: ${draft.reason}` : draft.reason,
    formula: draft.formula,
    inputs: inputs(measured, policy),
  }
}

/** What to remember once a decision has been carried out. */
export function remember(memory: Memory, decision: Pick<Decision, 'kind' | 'at'>): Memory {
  if (decision.kind === 'scaleOut') return { ...memory, lastScaleOutAt: decision.at }
  if (decision.kind === 'scaleIn') return { ...memory, lastScaleInAt: decision.at }
  return memory
}

/** What to remember when a clone came into service, or failed to. */
export function rememberOutcome(memory: Memory, succeeded: boolean, at: number): Memory {
  return succeeded
    ? { ...memory, failures: 0, lastFailureAt: null }
    : { ...memory, failures: memory.failures + 1, lastFailureAt: at }
}

function inputs(measured: Measure, policy: Policy): readonly Input[] {
  const unit = unitOf(policy.stat)
  const seen: Input[] = [
    { name: 'in service', value: measured.serving.length, unit: 'count' },
    { name: 'on the way', value: measured.arriving.length, unit: 'count' },
    { name: 'silent', value: measured.silent.length, unit: 'count' },
  ]
  if (measured.value !== null) seen.push({ name: policy.stat, value: measured.value, unit })
  if (measured.calmValue !== null) seen.push({ name: `${policy.stat}, long window`, value: measured.calmValue, unit })
  seen.push({ name: 'target', value: policy.target, unit }, { name: 'window', value: policy.windowMs, unit: 'ms' })
  return seen
}
