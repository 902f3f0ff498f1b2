import type { Memory } from '../core/model/decision.ts'
import type { Session } from './session.ts'

/**
 * What the judgement remembers. Its look at the load changes every second and is written every ten: in between it lives
 * in this process, and a bot that takes over goes on from the last one written.
 */
export function recall(session: Session): Memory {
  const { memory } = session.state()
  const cached = session.services.loads.get(session.poolId)
  // Kept by a clock that was set back since, it would be the newest for as long.
  const known = cached !== undefined && cached.at <= session.now ? cached : null
  return known !== null && known.at > (memory.load?.at ?? 0) ? { ...memory, load: known } : memory
}

/** Keeps it; `now` writes it at once, as a decision that acts needs. */
export function keepMemory(session: Session, memory: Memory, now: boolean): void {
  const written = session.state().memory.load
  const { load } = memory
  if (load !== null) session.services.loads.set(session.poolId, load)
  if (now || load?.bin.startAt !== written?.bin.startAt) session.change({ memory })
}
