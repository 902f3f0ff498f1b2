import { messageOf } from '../../core/model/error.ts'
import { SPINUP } from '../../core/model/pool.ts'
import { plural } from '../../core/model/words.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { fresh } from '../operations/fresh.ts'
import type { Services } from '../services.ts'
import { withPool } from '../session.ts'

/** How many snapshots a pool keeps unless set. */
const KEEP_SNAPSHOTS = 2

const LOCK_WAIT_MS = 6000

/** Deletes old snapshots after a refresh, outside the pool's lock; what fails is tried again a minute later. */
export async function prune(services: Services, poolId: string): Promise<void> {
  const state = await services.store.load(poolId)
  if (state === null || !state.upkeep.prune || state.refresh?.stage === 'working') return
  const { pool } = state
  const provider = services.provider(pool)
  const inUse = inUseBy(state)
  // A bot that slept may find that one of them is in use by now.
  const still = async (): Promise<boolean> => {
    const now = await fresh(services.elapsed, () => services.store.load(poolId))
    return now !== null && inUseBy(now).every((id) => inUse.includes(id))
  }
  let deleted = 0
  try {
    if (pool.originDropletId !== null) {
      const keep = pool.keepSnapshots ?? KEEP_SNAPSHOTS
      deleted = (await provider.pruneSnapshots?.(pool.originDropletId, keep, inUse, still)) ?? 0
    }
  } catch (error) {
    services.log.warn({ pool: poolId, reason: messageOf(error) }, 'could not delete old snapshots; will try again')
    return
  }
  await withPool(services, poolId, LOCK_WAIT_MS, async (session) => {
    session.change({ upkeep: { ...session.state().upkeep, prune: false } })
    if (deleted === 0) return
    const what = `Deleted ${plural(deleted, 'old snapshot')} of ${pool.name}`
    session.journal({
      at: session.now,
      actor: SPINUP,
      what,
      outcome: `${pool.keepSnapshots ?? KEEP_SNAPSHOTS} kept`,
      tone: 'info',
    })
  })
}

function inUseBy({ pool, operations }: PoolState): readonly string[] {
  return [pool.snapshotId, ...operations.map((operation) => operation.snapshotId)].filter((id) => id !== null)
}
