import { messageOf, SpinupError } from '../../core/model/error.ts'
import { applyComparison } from '../../core/pool/apply-comparison.ts'
import type { Services } from '../services.ts'
import { withPool } from '../session.ts'
import { cleanUp } from './clean-up.ts'
import type { Seen } from '../../core/pool/comparison.ts'
import { lookAround } from './look-around.ts'
import { prune } from './prune.ts'

const LOCK_WAIT_MS = 6000

/**
 * Compares Redis, the account and the balancer of one pool, and sets right what can be set right without asking. The
 * account and the balancer are asked, and droplets deleted, outside the pool's lock. False: the account did not answer,
 * or the pool's lock could not be had; it is to be tried again.
 */
export async function reconcile(services: Services, poolId: string): Promise<boolean> {
  const state = await services.store.load(poolId)
  if (state === null || state.pool.phase !== 'ready') return true
  let seen: Seen
  try {
    seen = await lookAround(services, state)
  } catch (error) {
    const reason = messageOf(error)
    services.log.warn({ pool: poolId, reason }, 'could not compare with the account')
    // The account was not even asked.
    if (error instanceof SpinupError && error.code === 'storeFailed') return false
    await withPool(services, poolId, LOCK_WAIT_MS, async (session) => {
      const { upkeep } = session.state()
      const since = upkeep.trouble?.since ?? session.now
      session.change({ upkeep: { ...upkeep, comparedAt: session.now, trouble: { since, reason } } })
    })
    return false
  }
  const litter = await withPool(services, poolId, LOCK_WAIT_MS, async (session) => {
    const before = session.state()
    if (before.pool.phase !== 'ready') return []
    const left = applyComparison(session, seen)
    const known = new Set(before.operations.map(({ id }) => id))
    for (const { id, kind, memberId } of session.state().operations) {
      if (kind === 'adopt' && !known.has(id))
        services.log.warn({ member: memberId }, 'bringing the origin back into service')
    }
    return left
  })
  if (litter === null) {
    services.log.warn({ pool: poolId }, 'the pool was too busy to be compared')
    return false
  }
  await cleanUp(services, state.pool, litter)
  await prune(services, poolId)
  return true
}
