import { messageOf } from '../../core/model/error.ts'
import type { Operation } from '../../core/model/operation.ts'
import type { Pool } from '../../core/model/pool.ts'
import { bootMs, ENOUGH } from '../../core/policy/load/boots.ts'
import type { BootKind } from '../../store/boots.ts'
import type { Services } from '../services.ts'

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
