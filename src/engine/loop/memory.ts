import type { Memory } from '../../core/model/decision.ts'
import type { Standing } from '../../core/model/finding.ts'
import type { Draft } from '../../core/pool/draft.ts'
import type { Look } from '../../core/pool/observation.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../services.ts'
import { messageOf } from '../../core/model/error.ts'
import type { Operation } from '../../core/model/operation.ts'
import type { Pool } from '../../core/model/pool.ts'
import { bootMs, ENOUGH } from '../../core/policy/load/boots.ts'
import type { BootKind } from '../../store/boots.ts'

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

/** How long a clone of this pool is taken to boot, ms, before its own have shown it: as others of the team's did, or its provider says. */
export async function saidBootMs(services: Services, pool: Pool): Promise<number> {
  const said = usual(services, pool)
  try {
    return bootMs(await services.boots.last(kindOf(pool)), said)
  } catch (error) {
    services.log.warn({ pool: pool.id, reason: messageOf(error) }, 'could not look up how long clones take')
    return said
  }
}

/** Whether a pool still goes by what others tell; `boots`: its own. */
export function goesByOthers(boots: readonly number[]): boolean {
  return boots.length < ENOUGH
}

/** Keeps how long the clones took that have come into service. */
export async function noteBoots(services: Services, pool: Pool, finished: readonly Operation[]): Promise<void> {
  for (const { kind, state, startedAt } of finished) {
    if (kind !== 'scaleOut' || state.kind !== 'done') continue
    try {
      await services.boots.note({ ...kindOf(pool), ms: Math.max(0, state.at - startedAt) })
    } catch (error) {
      services.log.warn({ pool: pool.id, reason: messageOf(error) }, 'could not keep how long a clone took')
    }
  }
}

/** Clones are as their origin unless they were given a size of their own; then the price tells them apart. */
function kindOf({ tenant = null, provider, clones, dollarsPerHour }: Pool): BootKind {
  return { tenant, provider, size: clones.size ?? `$${dollarsPerHour}/h` }
}

function usual({ provider, log }: Services, pool: Pool): number {
  try {
    return provider(pool).usualBootMs ?? pool.bootMs
  } catch (error) {
    log.debug({ pool: pool.id, reason: messageOf(error) }, 'its provider is not here')
    return pool.bootMs
  }
}
