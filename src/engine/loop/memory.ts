import type { Memory } from '../../core/model/decision.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Judgement } from '../../core/policy/decide.ts'
import type { Latest } from '../../core/pool/observation.ts'
import type { Session } from '../session.ts'
import type { BalancerReading } from '../../core/model/backend.ts'

/** What a pool was judged by last, and how, before anything limited what was done. */
export interface Look {
  readonly state: PoolState
  readonly latest: Latest
  readonly sight: BalancerReading
  /** How long a clone was said to take, ms. */
  readonly bootMs: number
  readonly memory: Memory
  readonly judgement: Judgement
}

/**
 * What the judgement remembers. Its look at the load changes every second and is written every ten: in between it lives
 * in this process, and a bot that takes over goes on from the last one written.
 */
export function recall(session: Session): Memory {
  const { memory } = session.state()
  const cached = session.services.looks.get(session.poolId)?.memory.load ?? null
  // Kept by a clock that was set back since, it would be the newest for as long.
  const known = cached !== null && cached.at <= session.now ? cached : null
  return known !== null && known.at > (memory.load?.at ?? 0) ? { ...memory, load: known } : memory
}

/** Keeps it; `now` writes it at once, as a decision that acts needs. */
export function keepLook(session: Session, look: Look, now: boolean): void {
  const { memory } = look
  const written = session.state().memory.load
  session.services.looks.set(session.poolId, look)
  if (now || memory.load?.bin.startAt !== written?.bin.startAt) session.change({ memory })
}
