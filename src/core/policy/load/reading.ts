import type { Observation, ObservedMember } from '../../model/decision.ts'
import type { LoadMemory, Witness } from '../../model/load.ts'
import type { Goal, Policy } from '../../model/policy.ts'
import { attend, statOf } from './attendance.ts'
import { offered } from './offered.ts'
import { total } from './over-members.ts'
import { ask, ownShare, type Asked } from './own-share.ts'

/** One look at the members: who is there, who spoke, and what they carry. */
export interface Reading {
  /** Members that count towards the pool's size, those on their way included. */
  readonly size: number
  readonly serving: readonly ObservedMember[]
  readonly arriving: readonly ObservedMember[]
  readonly reporting: readonly ObservedMember[]
  /** In service, but without a fresh sample. */
  readonly silent: readonly ObservedMember[]
  /** Time of the newest sample, epoch ms; null when nobody reports. */
  readonly sampleAt: number | null
  /** The goal that asks for most. */
  readonly goal: Goal
  /** Its stat over the members that report, as the goal says; null when nobody reports. */
  readonly value: number | null
  /** Members at target that carry what is asked for now. */
  readonly demand: number | null
  /** Goals of which nobody tells anything. */
  readonly lost: readonly string[]
  /** How much more it may be: every silent member may be full, and what one spends on something else is not there for visitors. */
  readonly unseen: number
  /** The members have no room left: more may be wanted than can be seen. */
  readonly saturated: boolean
  /** How much more is a guess. */
  readonly guessed: boolean
  /** It follows rates, which are means of the last seconds. */
  readonly means: boolean
  /** No member came in so lately that the others still show what they carried without it. */
  readonly settled: boolean
  /** Requests in flight at those that report, with their share of what the balancer holds back; null where nobody reports it. */
  readonly flight: number | null
  /** CPU of all members, no matter who uses it, and the part of one that visitors do not account for. */
  readonly busy: number
  readonly floor: number
  readonly witnesses: readonly Witness[]
  /** CPU-seconds waiting at all members; null where nobody reports it. */
  readonly waiting: number | null
  /** CPU-seconds one request takes; null where nobody reports `rps`. */
  readonly cost: number | null
  /** The part of `demand` that is not yet being served. */
  readonly hidden: number
}

/** Where the CPU is no goal, what it has room for is judged by this target. */
const CPU_TARGET = 0.8
/** A time asks for at most so many times the members that there are. */
const TWICE = 2
/** A silent member is taken to be this much busier than the busiest that speaks, before anything leaves. */
const DOUBT = 1.25

export function read(observation: Observation, policy: Policy, load: LoadMemory, now: number): Reading {
  const all = goals(policy)
  const { fresh, sampleAt, sinceS, ...base } = attend(observation, all, policy.staleAfterMs, now)
  const { reporting, silent } = base
  const first = all[0]!
  if (reporting.length === 0) return { ...base, sampleAt: null, goal: first, value: null, ...NOTHING }

  const gone = load.left.filter((at) => at > sampleAt).length
  const share = (fresh.length + silent.length + gone) / reporting.length
  const cpuTarget = all.find(({ stat }) => stat === 'cpu')?.target ?? CPU_TARGET
  const work = offered(reporting, share, sinceS, load, cpuTarget, now, observation.queued)
  // What clones bring along of their own takes from the room each has, but never more than half of it.
  const room = cpuTarget - Math.min(load.usual.floor, cpuTarget / 2)
  const asked = (work.offered * cpuTarget) / (work.saturated ? cpuTarget : room)
  let best = { goal: first, value: 0, demand: -1 }
  const lost: string[] = []
  for (const goal of all) {
    const found = askFor(goal, reporting, share, asked)
    if (found === null) lost.push(goal.stat)
    else if (found.demand > best.demand) best = { goal, ...found }
  }
  if (best.demand < 0) return { ...base, sampleAt: null, goal: first, value: null, ...NOTHING }
  const carried = best.demand / (reporting.length * share)
  const silence = silent.length === 0 ? 0 : Math.max(0, busiest(reporting, best.goal) * DOUBT - carried)
  return {
    ...base,
    ...best,
    sampleAt,
    lost,
    unseen: silent.length * silence + (best.goal.stat === 'cpu' ? work.taken / cpuTarget : 0),
    flight: work.flight,
    busy: work.busy,
    floor: work.floor,
    witnesses: work.witnesses,
    saturated: work.saturated,
    guessed: work.guessed,
    means: work.means,
    settled: work.settled,
    waiting: work.waiting,
    cost: work.cost,
    hidden: best.goal.stat === 'cpu' ? Math.max(0, best.demand - work.busy / best.goal.target) : 0,
  }
}

const NOTHING = {
  demand: null,
  lost: [],
  unseen: 0,
  flight: null,
  busy: 0,
  floor: 0,
  witnesses: [],
  saturated: false,
  guessed: false,
  means: true,
  settled: true,
  waiting: null,
  cost: null,
  hidden: 0,
} as const

/** Everything the policy keeps, the scaling stat first. */
export function goals(policy: Policy): readonly Goal[] {
  const { stat, target, how, across, fallback, also } = policy
  return [{ stat, target, how, across, fallback }, ...also]
}

/** The most that a member shows, in targets; a silent one is not taken to be worse than one that stands alone with what it says. */
function busiest(reporting: readonly ObservedMember[], goal: Goal): number {
  const values = reporting.map((member) => (statOf(member, goal.stat) ?? 0) / goal.target)
  return Math.max(0, ...(values.length < 2 ? values : ownShare(values, 0.5)))
}

/** What one goal asks for; null: nobody tells its stat. */
function askFor(goal: Goal, reporting: readonly ObservedMember[], share: number, work: number): Asked | null {
  const values: number[] = []
  for (const member of reporting) {
    const value = statOf(member, goal.stat)
    if (value !== undefined) values.push(value)
  }
  if (values.length === 0) return null
  const isCpu = goal.stat === 'cpu' && goal.across === 'member'
  if (isCpu && (goal.how === 'mean' || goal.how === 'sum')) {
    return { value: total(values) / values.length, demand: work / goal.target }
  }
  const asked = ask(goal, values, { members: reporting.length * share, reporting: reporting.length })
  // How long pages take tells that members are too few, not by how many.
  if (goal.stat === 'p95') return { ...asked, demand: Math.min(asked.demand, TWICE * reporting.length * share) }
  if (!isCpu) return asked
  // However it is looked at, the work has to be done: a full CPU shows no more than that it is full.
  return { ...asked, demand: Math.max(asked.demand, work / goal.target) }
}
