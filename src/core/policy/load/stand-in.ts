import type { Observation, ObservedMember } from '../../model/decision.ts'
import type { Fallback, Goal, Policy } from '../../model/policy.ts'
import { isTrafficStat } from '../../model/sample.ts'
import { statOf } from './attendance.ts'
import { goals } from './reading.ts'

/** What a policy goes by while some of its stats are not reported. */
export interface StandIn {
  /** With other goals in place of those. */
  readonly policy: Policy
  /** How many members are kept meanwhile, and whether more may be asked for; null: as many as the goals ask for. */
  readonly size: { readonly members: number; readonly exactly: boolean } | null
  /** Which stats are missing, and what is done about each. */
  readonly missing: readonly { readonly stat: string; readonly fallback: Exclude<Fallback, { kind: 'hold' }> }[]
}

/** The policy's stats of which no member tells, though agents speak; null: nobody does, so nothing is known. */
export function unreported(observation: Observation, policy: Policy, now: number): readonly string[] | null {
  let speaks = false
  const tellsIt = (stat: string): boolean =>
    observation.members.some((member) => {
      if (!fresh(member, policy.staleAfterMs, now)) return false
      speaks = true
      return tells(member, stat)
    })
  const lost = goals(policy).flatMap(({ stat }) => (tellsIt(stat) ? [] : [stat]))
  return speaks ? lost : null
}

/** In service for long enough to have spoken of everything, and reported lately. */
function fresh({ phase, ageMs, lastSampleAt }: ObservedMember, staleAfterMs: number, now: number): boolean {
  if (phase !== 'inService' || ageMs <= staleAfterMs || lastSampleAt === null) return false
  return now - lastSampleAt <= staleAfterMs
}

/** Without requests there is no time that they take: that is reported, too. */
function tells(member: ObservedMember, stat: string): boolean {
  return statOf(member, stat) !== undefined || (isTrafficStat(stat) && member.traffic?.rps === 0)
}

/** Since when stats are not reported, epoch ms. */
export function followMissing(
  before: Readonly<Record<string, number>>,
  observation: Observation,
  policy: Policy,
  now: number,
): Readonly<Record<string, number>> {
  const lost = unreported(observation, policy, now)
  if (lost === null) return before
  return lost.length === 0 ? NONE_MISSING : Object.fromEntries(lost.map((stat) => [stat, before[stat] ?? now]))
}

export const NONE_MISSING: Readonly<Record<string, number>> = {}

/** A stat that stops for a moment is no reason to go by another one: it has to be missing as long as a member is to be silent. */
export function standIn(policy: Policy, missing: Readonly<Record<string, number>>, now: number): StandIn {
  if (missing === NONE_MISSING) return { policy, size: null, missing: [] }
  const kept: Goal[] = []
  const gone: StandIn['missing'][number][] = []
  for (const goal of goals(policy)) {
    const { stat, fallback = { kind: 'hold' } } = goal
    const since = missing[stat]
    if (fallback.kind === 'hold' || since === undefined || now - since < policy.staleAfterMs) kept.push(goal)
    else gone.push({ stat, fallback })
  }
  if (gone.length === 0) return { policy, size: null, missing: [] }
  for (const { fallback } of gone) {
    if (fallback.kind !== 'stat' || kept.some(({ stat }) => stat === fallback.stat)) continue
    kept.push({ stat: fallback.stat, target: fallback.target, how: 'mean', across: 'member' })
  }
  const members = Math.max(0, ...gone.map(({ fallback }) => (fallback.kind === 'size' ? fallback.members : 0)))
  const [first = CPU, ...also] = kept
  const { stat, target, how, across } = first
  return {
    policy: { ...policy, stat, target, how, across, fallback: first.fallback ?? { kind: 'hold' }, also },
    size: members === 0 ? null : { members, exactly: kept.length === 0 },
    missing: gone,
  }
}

/** What is looked at where nothing else is left. */
const CPU: Goal = { stat: 'cpu', target: 0.8, how: 'mean', across: 'member' }
