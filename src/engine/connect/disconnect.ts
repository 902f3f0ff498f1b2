import { monthOf } from '../../core/model/billing.ts'
import { spent } from '../../core/pool/capacity.ts'
import { messageOf } from '../../core/model/error.ts'
import type { Droplet } from '../../core/model/droplet.ts'
import { disconnectCard, disconnectedView } from '../../core/pool/disconnecting.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { madeFor, poolTag } from '../../core/pool/tags.ts'
import type { Services } from '../services.ts'

/**
 * Gives up the account, tells, and forgets the pool; one bot does. Safe to do again after a crash: what is gone already is
 * passed over. The origin and its place at the balancer are left as they are.
 */
export async function endPool(services: Services, poolId: string): Promise<void> {
  const lease = await services.store.claimEnd(poolId)
  if (lease === null) return
  try {
    const state = await services.store.load(poolId)
    if (state?.pool.phase !== 'disconnecting') return
    const { pool } = state
    const behind = await leftBehind(services, state)
    const left = await services.forgetSecrets(pool)
    const view = disconnectedView(state, left, behind, services.uninstallLine)
    await services.notices.tell(poolId, disconnectCard(pool), view, services.now())
    await services.audit.note(pool, `Disconnected ${pool.name}`, left ?? 'the pool is forgotten')
    const now = services.now()
    await services.team.keepSpent(pool, monthOf(now), spent(state, now))
    await services.store.remove(poolId)
    services.looks.delete(poolId)
    services.log.info({ pool: poolId }, 'disconnected')
  } finally {
    await lease.release()
  }
}

/** Droplets of the pool's that nobody knew: once it is forgotten, nobody would ever ask about them. */
async function leftBehind(services: Services, { pool, upkeep }: PoolState): Promise<readonly Droplet[]> {
  // One that was deleted just now may be listed yet.
  const deleted = new Set(upkeep.former.map((one) => one.dropletId))
  try {
    const found = await services.provider(pool).list(poolTag(pool.id))
    return found.filter((droplet) => madeFor(pool, droplet) && !deleted.has(droplet.id))
  } catch (error) {
    services.log.warn({ pool: pool.id, reason: messageOf(error) }, 'could not look for droplets left behind')
    return []
  }
}
