import type { Observation, ObservedMember } from '../../model/decision.ts'
import type { LoadMemory } from '../../model/load.ts'
import { counts } from '../../model/member.ts'
import type { Goal, Policy } from '../../model/policy.ts'
import { offered } from './offered.ts'

/** One look at the members: who is there, who spoke, and what they carry. */
export interface Reading {
  /** Members that count towards the pool's size, those on their way included. */
  readonly size: number
  readonly serving: readonly ObservedMember[]
  readonly arriving: readonly ObservedMember[]
  readonly heard: readonly ObservedMember[]
  /** In service, but without a fresh sample. */
  readonly silent: readonly ObservedMember[]
  /** Time of the newest sample, epoch ms; null when nobody is heard. */
  readonly sampleAt: number | null
  /** The goal that asks for most. */
  readonly goal: Goal
  /** Its stat over the members heard, as the goal says; null when nobody is heard. */
  readonly value: number | null
  /** Members at target that carry what is asked for now. */
  readonly demand: number | null
  /** The same, should every silent member be full. */
  readonly worst: number
  /** The members have no room left: more may be wanted than can be seen. */
  readonly saturated: boolean
  /** How much more is a guess. */
  readonly guessed: boolean
  /** CPU-seconds waiting at all members; null where nobody tells. */
  readonly waiting: number | null
  /** CPU-seconds one request takes; null where nobody reports `rps`. */
  readonly cost: number | null
  /** The part of `demand` that is not yet being served. */
  readonly hidden: number
}

/** What a member shows this soon after it came in is its own start, not the visitors. */
const WARMUP_MS = 5000
/** Samples taken this long after a member came in already tell of its share. */
const SHARING_MS = 2000

/** A silent member is taken to be this much busier than the busiest that speaks, before anything leaves. */
const DOUBT = 1.25

export function read(observation: Observation, policy: Policy, load: LoadMemory | null, now: number): Reading {
  const counted = observation.members.filter((member) => counts(member))
  const serving = counted.filter((member) => member.phase === 'inService')
  const arriving = counted.filter((member) => member.phase !== 'inService')
  const each = goals(policy).filter((goal) => goal.across === 'member')
  // One that reports, but nothing that is asked for, says as little as a silent one: nothing is not none.
  const spoke = ({ stats, lastSampleAt }: ObservedMember): boolean =>
    stats !== null &&
    lastSampleAt !== null &&
    now - lastSampleAt <= policy.staleAfterMs &&
    (each.length === 0 || each.some((goal) => stats[goal.stat] !== undefined))
  const fresh = serving.filter(spoke)
  let sampleAt = 0
  for (const member of fresh) sampleAt = Math.max(sampleAt, member.lastSampleAt!)
  // The newest members were not there yet when these samples were taken: the others carried all of it.
  const unheard = serving.filter((member) => !spoke(member))
  const silent = unheard.filter((member) => now - member.ageMs < sampleAt - SHARING_MS || fresh.length === 0)
  const warm = fresh.filter((member) => member.lastSampleAt! - (now - member.ageMs) >= WARMUP_MS)
  // Members still starting up are taken to carry what the others do.
  const heard = warm.length > 0 ? warm : fresh
  const base = { size: counted.length, serving, arriving, heard, silent }
  const [first] = goals(policy)
  if (heard.length === 0 || first === undefined) {
    return { ...base, sampleAt: null, goal: first!, value: null, ...NOTHING }
  }

  const gone = load?.left.filter((at) => at > sampleAt).length ?? 0
  const share = (fresh.length + silent.length + gone) / heard.length
  const sinceS = Math.min(...fresh.map((member) => member.lastSampleAt! - (now - member.ageMs))) / 1000
  const work = offered(heard, share, sinceS, sampleAt, load)
  let best = { goal: first, value: 0, demand: -1 }
  for (const goal of goals(policy)) {
    const found = ask(goal, heard, share, work.offered)
    if (found !== null && found.demand > best.demand) best = { goal, ...found }
  }
  if (best.demand < 0) return { ...base, sampleAt: null, goal: first, value: null, ...NOTHING }
  const carried = best.demand / (heard.length * share)
  const busiest = Math.max(...heard.map((member) => member.stats?.[best.goal.stat] ?? 0)) / best.goal.target
  return {
    ...base,
    ...best,
    sampleAt,
    worst: best.demand + silent.length * Math.max(0, busiest * DOUBT - carried),
    saturated: work.saturated,
    guessed: work.guessed,
    waiting: work.waiting,
    cost: work.cost,
    hidden: best.goal.stat === 'cpu' ? Math.max(0, best.demand - work.served / best.goal.target) : 0,
  }
}

const NOTHING = {
  demand: null,
  worst: 0,
  saturated: false,
  guessed: false,
  waiting: null,
  cost: null,
  hidden: 0,
} as const

/** Everything the policy keeps, the scaling stat first. */
export function goals(policy: Policy): readonly Goal[] {
  return [{ stat: policy.stat, target: policy.target, how: policy.how, across: policy.across }, ...policy.also]
}

function ask(
  goal: Goal,
  heard: readonly ObservedMember[],
  share: number,
  work: number,
): { readonly value: number; readonly demand: number } | null {
  const values: number[] = []
  for (const member of heard) {
    const value = member.stats?.[goal.stat]
    if (value !== undefined) values.push(value)
  }
  if (values.length === 0) return null
  const total = values.reduce((sum, value) => sum + value, 0)
  const value = combine(goal, values, total)
  if (goal.stat === 'cpu' && goal.across === 'member' && (goal.how === 'mean' || goal.how === 'sum')) {
    return { value: total / values.length, demand: work / goal.target }
  }
  const members = heard.length * share
  if (goal.stat === 'cpu' && goal.across === 'member') {
    // However it is looked at, the work has to be done: a full CPU shows no more than that it is full.
    return { value, demand: Math.max(value * members, work) / goal.target }
  }
  if (goal.across === 'pool') return { value, demand: value / goal.target }
  return { value, demand: (goal.how === 'sum' ? value * share : value * members) / goal.target }
}

function combine(goal: Goal, values: readonly number[], total: number): number {
  if (goal.how === 'sum') return total
  if (goal.how === 'mean') return total / values.length
  const sorted = values.toSorted((a, b) => a - b)
  return goal.how === 'max' ? sorted.at(-1)! : sorted[Math.ceil(sorted.length * 0.95) - 1]!
}
