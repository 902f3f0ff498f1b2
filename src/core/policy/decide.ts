import type { Decision, Input, Memory, Observation } from '../model/decision.ts'
import type { LoadMemory } from '../model/load.ts'
import type { Policy } from '../model/policy.ts'
import { unitOf } from '../model/words.ts'
import { look } from './notice.ts'
import { read, type Reading } from './load/reading.ts'
import { standIn } from './load/stand-in.ts'
import type { JudgeRule } from './rule.ts'
import { backoff } from './rules/backoff.ts'
import { breaker, FAILURES_TO_STOP } from './rules/breaker.ts'
import { candidates } from './rules/candidates.ts'
import { changes } from './rules/changes.ts'
import { cooldown } from './rules/cooldown.ts'
import { cost } from './rules/cost.ts'
import { fallback } from './rules/fallback.ts'
import { limits } from './rules/limits.ts'
import { noHelp } from './rules/no-help.ts'
import { noted } from './rules/noted.ts'
import { pause } from './rules/pause.ts'
import { pin } from './rules/pin.ts'
import { quiet } from './rules/quiet.ts'
import { settling } from './rules/settling.ts'
import { silent } from './rules/silent.ts'
import { stays } from './rules/stays.ts'
import { begin, target } from './rules/target.ts'

/** What was judged; the engine gives it an id when it keeps it. */
export type Judgement = Omit<Decision, 'id'>

/** In order: what is wanted, what speaks against it, what always wins. Adding a rule: a file beside these, a line here. */
const RULES: readonly JudgeRule[] = [
  target,
  stays,
  silent,
  noHelp,
  settling,
  quiet,
  cooldown,
  fallback,
  pin,
  limits,
  cost,
  candidates,
  changes,
  backoff,
  breaker,
  pause,
  noted,
]

/**
 * Judges one pool at `now` (epoch ms) from plain data alone; the same arguments always give the same answer. `memory`
 * is what `notice` made of this observation; of one that was not noticed yet, it is here, and forgotten again.
 */
export function decide(observation: Observation, policy: Policy, memory: Memory, now: number): Judgement {
  const seen =
    memory.load?.at === now
      ? {
          load: memory.load,
          reading: read(observation, standIn(policy, memory.load.missing, now).policy, memory.load, now),
        }
      : look(observation, policy, memory.load, now)
  return judge(observation, policy, memory, seen, now)
}

/** Notices and decides in one go: the judgement, and the memory to keep. */
export function consider(
  observation: Observation,
  policy: Policy,
  memory: Memory,
  now: number,
): { readonly judgement: Judgement; readonly memory: Memory } {
  const seen = look(observation, policy, memory.load, now)
  return { judgement: judge(observation, policy, memory, seen, now), memory: { ...memory, load: seen.load } }
}

function judge(
  observation: Observation,
  asked: Policy,
  memory: Memory,
  seen: { readonly load: LoadMemory; readonly reading: Reading },
  now: number,
): Judgement {
  const { reading, load } = seen
  const from = reading.size
  const stand = standIn(asked, load.missing, now)
  const { policy } = stand
  const context = { observation, policy, stand, memory, load, now, reading, size: from }
  const draft = RULES.reduce((sofar, rule) => rule(context, sofar), begin(from))
  const kind = draft.to > from ? 'scaleOut' : draft.to < from ? 'scaleIn' : 'hold'
  return {
    poolId: observation.poolId,
    at: now,
    kind,
    from,
    to: draft.to,
    wanted: draft.wanted,
    rule: draft.rule,
    reason: draft.reason,
    formula: draft.formula,
    inputs: inputs(reading, load, policy),
  }
}

/** What to remember once a decision has been carried out. */
export function remember(memory: Memory, decision: Pick<Decision, 'kind' | 'at'>): Memory {
  if (decision.kind === 'hold') return memory
  const changes = [...memory.changes.filter((at) => at > decision.at - HOUR_MS), decision.at]
  return decision.kind === 'scaleOut'
    ? { ...memory, changes, lastScaleOutAt: decision.at }
    : { ...memory, changes, lastScaleInAt: decision.at }
}

const HOUR_MS = 3_600_000

/** What to remember when a clone came into service, or failed to. */
export function rememberOutcome(memory: Memory, succeeded: boolean, at: number): Memory {
  if (succeeded) return { ...memory, failures: 0, lastFailureAt: null }
  const failures = memory.failures + 1
  const stoppedAt = memory.stoppedAt ?? (failures >= FAILURES_TO_STOP ? at : null)
  return { ...memory, failures, lastFailureAt: at, stoppedAt }
}

/** What to remember once a person said to try again: nothing of the failures. */
export function forgetFailures(memory: Memory): Memory {
  return { ...memory, failures: 0, lastFailureAt: null, stoppedAt: null }
}

function inputs(reading: Reading, load: LoadMemory, policy: Policy): readonly Input[] {
  const { need } = load
  const seen: Input[] = [
    { name: 'in service', value: reading.serving.length, unit: 'count' },
    { name: 'on the way', value: reading.arriving.length, unit: 'count' },
    { name: 'silent', value: reading.silent.length, unit: 'count' },
  ]
  if (need === null) return [...seen, { name: 'target', value: policy.target, unit: unitOf(policy.stat) }]
  const unit = unitOf(need.stat)
  seen.push(
    { name: need.stat, value: need.value, unit },
    { name: 'target', value: need.target, unit },
    { name: 'demand, in members', value: need.demand, unit: 'number' },
    { name: 'forecast, in members', value: need.forecast, unit: 'number' },
    { name: need.base === 'now' ? 'peak, in members' : `peak of ${need.base}`, value: need.peak, unit: 'number' },
    { name: 'headroom', value: need.spare - 1, unit: 'fraction' },
    { name: 'time to help', value: need.horizonMs, unit: 'ms' },
  )
  return seen
}
