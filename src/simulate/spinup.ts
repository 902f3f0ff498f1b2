import { EMPTY_MEMORY, type Memory, type Observation, type ObservedMember } from '../core/model/decision.ts'
import { DEFAULT_POLICY, type Policy } from '../core/model/policy.ts'
import { consider, remember, type Judgement } from '../core/policy/decide.ts'
import type { PoolView, Scaler, ViewMember } from './scaler.ts'

/** Spinup's own judgement as a scaler. */
export interface SpinupScaler extends Scaler {
  /** The judgement of a view; a change is booked as ordered. `more`: what the view does not tell. */
  judge(view: PoolView, more?: Partial<Observation>): Judgement
  memory(): Memory
}

/** Judges view after view with the memory of those before; `policy`: what differs from the defaults. */
export function createSpinup(policy: Partial<Policy> = {}): SpinupScaler {
  const whole: Policy = { ...DEFAULT_POLICY, ...policy }
  let memory: Memory = EMPTY_MEMORY
  let ordered: Pick<Judgement, 'from' | 'to'> | null = null
  let known = new Map<string, Known>()
  const judge = (view: PoolView, more: Partial<Observation> = {}): Judgement => {
    const now = Math.round(view.t * 1000)
    const observed = observe(view)
    const members = observed.members.map((member) => lastKnown(member, known, now))
    known = new Map(members.map(({ id }) => [id, known.get(id)!]))
    const seen = consider({ ...observed, members, ...more }, whole, memory, now)
    const { from, to } = seen.judgement
    // An order that nobody has carried out yet is the same order, not another change.
    const again = ordered !== null && ordered.from === from && ordered.to === to
    memory = again ? seen.memory : remember(seen.memory, seen.judgement)
    ordered = from === to ? null : { from, to }
    return seen.judgement
  }
  return { name: 'spinup', everyS: 1, judge, memory: () => memory, desired: (view) => judge(view).to }
}

/** What was last known of a member, and since when it is in its phase, epoch ms. */
interface Known {
  readonly member: ObservedMember
  readonly since: number
}

/**
 * A member that a view tells nothing of still is as it was last known to be: agents that are late leave gaps. One that was
 * seen to come in has been in since then, whatever age is given.
 */
function lastKnown(member: ObservedMember, known: Map<string, Known>, now: number): ObservedMember {
  const before = known.get(member.id)
  const enteredAt = now - member.ageMs
  const since =
    before === undefined || before.member.phase === member.phase
      ? (before?.since ?? enteredAt)
      : Math.max(enteredAt, now)
  const gap = member.stats === null && before !== undefined && before.member.phase === member.phase
  const { stats, lastSampleAt, traffic } = gap ? before.member : member
  const whole = { ...member, ageMs: now - since, stats, lastSampleAt, traffic: member.traffic ?? traffic ?? null }
  known.set(member.id, { member: whole, since })
  return whole
}

/** A pool as it is reported, as the judgement sees a real one. */
function observe(view: PoolView): Observation {
  return {
    poolId: 'pool',
    pin: null,
    pause: null,
    members: view.members.map((member) => ({
      id: member.id,
      phase: member.phase,
      ageMs: member.age * 1000,
      removable: member.phase === 'inService',
      ...apart(member),
      lastSampleAt: sampledAt(member, view.t),
    })),
  }
}

/**
 * The agent's stats and the balancer's figures. The line format has them in one object: `rps`, `p95` (seconds), and
 * `inflight`, what is in flight in CPU-seconds, which is its number times what one request costs.
 */
function apart({ stats, traffic }: ViewMember): Pick<ObservedMember, 'stats' | 'traffic'> {
  if (traffic !== undefined || stats === null) return { stats, traffic: traffic ?? null }
  const { rps, p95, inflight, ...own } = stats
  if (rps === undefined && p95 === undefined && inflight === undefined) return { stats: own, traffic: null }
  const cost = rps !== undefined && rps > 0 ? (own['cpu'] ?? 0) / rps : 0
  return {
    stats: own,
    traffic: {
      rps: rps ?? null,
      p95: p95 ?? null,
      firstByteP95: null,
      inFlight: inflight === undefined || cost <= 0 ? null : inflight / cost,
      waiting: null,
      streaming: null,
      queued: null,
    },
  }
}

/** Clocks of different droplets differ a little; a sample from further ahead tells nothing of when it was taken. */
const SKEW_S = 5

function sampledAt({ sampleAt }: ViewMember, t: number): number | null {
  if (sampleAt === null || sampleAt > t + SKEW_S) return null
  return Math.round(Math.min(sampleAt, t) * 1000)
}
