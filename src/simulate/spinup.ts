import { EMPTY_MEMORY, type Memory, type Observation } from '../core/model/decision.ts'
import { DEFAULT_POLICY, type Policy } from '../core/model/policy.ts'
import { consider, remember, type Judgement } from '../core/policy/decide.ts'
import type { PoolView, Scaler } from './scaler.ts'

/** Spinup's own judgement as a scaler; it acts on what it decides. */
export interface SpinupScaler extends Scaler {
  /** The judgement of a view, booked as carried out. */
  judge(view: PoolView): Judgement
}

export function createSpinup(policy: Partial<Policy> = {}): SpinupScaler {
  const whole: Policy = { ...DEFAULT_POLICY, ...policy }
  let memory: Memory = EMPTY_MEMORY
  const judge = (view: PoolView): Judgement => {
    const now = Math.round(view.t * 1000)
    const seen = consider(observe(view), whole, memory, now)
    memory = remember(seen.memory, seen.judgement)
    return seen.judgement
  }
  return { name: 'spinup', everyS: 1, judge, desired: (view) => judge(view).to }
}

/** A simulated pool as the judgement sees a real one. */
function observe(view: PoolView): Observation {
  const now = view.t * 1000
  return {
    poolId: 'pool',
    pin: null,
    pause: null,
    members: view.members.map((member) => ({
      id: member.id,
      phase: member.phase,
      ageMs: member.age * 1000,
      removable: member.phase === 'inService',
      stats: member.stats,
      lastSampleAt: member.sampleAt === null || member.sampleAt * 1000 > now ? null : member.sampleAt * 1000,
    })),
  }
}
