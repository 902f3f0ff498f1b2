import { messageOf } from '../../core/model/error.ts'
import { SPINUP, type Pool } from '../../core/model/pool.ts'
import { fresh } from '../operations/fresh.ts'
import type { Services } from '../services.ts'
import { withPool } from '../session.ts'
import { isNobodys, type Litter } from '../../core/pool/apply-comparison.ts'
import { litterCard } from '../../core/cards/views/litter.ts'

const LOCK_WAIT_MS = 6000

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
    const { id, view } = litterCard(one)
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
