import type { Effect, Operation, OperationEvent } from '../../core/model/operation.ts'
import type { Pool } from '../../core/model/pool.ts'
import { isIdle } from '../../core/operation/step.ts'
import type { Services } from '../services.ts'

/** What cuts off those who are being served. */
const CUTS: ReadonlySet<Effect['kind']> = new Set(['removeFromBalancer', 'powerOff', 'destroyDroplet'])

/**
 * A member that was drained until nobody was waiting may have visitors again by now: the bot slept, the balancer was
 * restarted, somebody took it back. Reported as it is, so that it is drained once more; null: it may be cut off.
 */
export async function visited(
  services: Services,
  pool: Pool,
  { emptied, url }: Operation,
  effect: Effect,
): Promise<OperationEvent | null> {
  if (emptied !== true || url === null || !CUTS.has(effect.kind)) return null
  // One that cannot be asked keeps no droplet forever: it did let go of this one.
  const backends = await services
    .balancer(pool)
    .list()
    .catch(() => [])
  const found = backends.find((backend) => backend.url === url)
  if (found === undefined) return null
  const event = { kind: 'balancer', state: found.state, inFlight: found.inFlight } as const
  return isIdle(event) ? null : event
}
