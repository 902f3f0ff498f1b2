import { messageOf, SpinupError } from '../../core/model/error.ts'
import { applyComparison, isNobodys, type Litter } from '../../core/pool/apply-comparison.ts'
import type { Services } from '../services.ts'
import { withPool } from '../session.ts'
import type { Seen } from '../../core/pool/comparison.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Droplet } from '../../providers/provider.ts'
import { fresh, otherAccount, showsPool } from '../operations/destroy.ts'
import { poolTag } from '../../core/pool/tags.ts'
import { SPINUP, type Pool } from '../../core/model/pool.ts'
import { litterCard } from '../../core/cards/views/alert.ts'
import { plural } from '../../core/model/words.ts'

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

/**
 * Asks the account and the balancer. A member that the list shows off, or not at all, is asked for once more by itself.
 * Throws `providerFailed` when the account shows none of them: it is another one.
 */
export async function lookAround(services: Services, state: PoolState): Promise<Seen> {
  const { pool } = state
  const at = services.now()
  const provider = services.provider(pool)
  const { at: backendsAt, backends } = await services.balancerWatch.look(services, state)
  const listed = await provider.list(poolTag(pool.id))
  const origin = pool.originDropletId === null ? null : await provider.get(pool.originDropletId)
  const droplets = new Map<string, Droplet>(listed.map((droplet) => [droplet.id, droplet]))
  for (const { dropletId, role } of state.members) {
    if (dropletId === null || role === 'origin') continue
    const known = droplets.get(dropletId)
    if (known !== undefined && known.status !== 'off') continue
    const found = await provider.get(dropletId)
    if (found === null) droplets.delete(dropletId)
    else droplets.set(dropletId, found)
  }
  const asked = new Set(state.members.flatMap(({ dropletId }) => dropletId ?? []))
  if (asked.size > 1 && !showsPool(pool, origin, [...droplets.values()])) throw otherAccount(pool)
  return { at, droplets: [...droplets.values()], asked, origin, backends, backendsAt }
}

/** Removes what is nobody's, and tells. What fails is found again a minute later. */
export async function cleanUp(services: Services, pool: Pool, litter: readonly Litter[]): Promise<void> {
  for (const one of litter) {
    try {
      const still = (): Promise<boolean> => nobodys(services, pool, one)
      if (!(await still())) continue
      if (one.kind === 'stray') await services.balancer(pool).remove(one.url)
      else {
        const provider = services.provider(pool)
        // Another bot, or the operation itself, was quicker, and reported what there was to report.
        if ((await provider.get(one.droplet.id)) === null) continue
        await provider.destroy(one.droplet.id, still)
      }
    } catch (error) {
      services.log.warn(
        { pool: pool.id, found: one.kind, reason: messageOf(error) },
        'could not clean up; will try again',
      )
      continue
    }
    const { id, view } = litterCard(one, pool, services.now())
    services.log.warn({ pool: pool.id, found: one.kind, id }, view.title)
    await withPool(services, pool.id, LOCK_WAIT_MS, async (session) => {
      session.journal({ at: session.now, actor: SPINUP, what: view.title, outcome: view.text, tone: 'warn' })
      session.tellOnce(`cleaned:${id}`, view)
    })
  }
}

/** Whether it is nobody's yet: since it was found somebody may have taken it in, or a bot that slept is late. */
async function nobodys(services: Services, pool: Pool, litter: Litter): Promise<boolean> {
  const state = await fresh(services.elapsed, () => services.store.load(pool.id))
  return state !== null && isNobodys(state, litter)
}

/** How many snapshots a pool keeps unless set. */
const KEEP_SNAPSHOTS = 2

/** Deletes old snapshots after a refresh, outside the pool's lock; what fails is tried again a minute later. */
async function prune(services: Services, poolId: string): Promise<void> {
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
