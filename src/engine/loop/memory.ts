import type { Memory } from '../../core/model/decision.ts'
import type { Standing } from '../../core/model/finding.ts'
import type { Draft } from '../../core/pool/draft.ts'
import type { Look } from '../../core/pool/observation.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../services.ts'

/**
 * What the judgement remembers. Its look at the load changes every second and is written every ten: in between it lives
 * in this process, and a bot that takes over goes on from the last one written.
 */
export function rememberedOf({ looks }: Pick<Services, 'looks'>, { pool, memory }: PoolState, now: number): Memory {
  const cached = looks.get(pool.id)?.memory.load ?? null
  // Kept by a clock that was set back since, it would be the newest for as long.
  const known = cached !== null && cached.at <= now ? cached : null
  return known !== null && known.at > (memory.load?.at ?? 0) ? { ...memory, load: known } : memory
}

/** Keeps it; `now` writes it at once, as a decision that acts needs. */
export function keepLook({ looks }: Pick<Services, 'looks'>, draft: Draft, look: Look, now: boolean): void {
  const { memory } = look
  const { pool, memory: before } = draft.state()
  looks.set(pool.id, look)
  if (now || memory.load?.bin.startAt !== before.load?.bin.startAt) draft.change({ memory })
}

/** What was found of a pool by its last look. */
export function standingOf(
  { looks }: Pick<Services, 'looks'>,
  { pool, memory }: PoolState,
): Readonly<Record<string, Standing>> {
  return (looks.get(pool.id)?.memory ?? memory).load?.found.standing ?? {}
}
