import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { Pool } from '../../core/model/pool.ts'
import type { Services } from '../services.ts'

type Claiming = Pick<Services, 'store' | 'front'>

/** Keeps the droplet, and the place at the balancer, for this pool alone, which exists. Throws `conflict` where another has one of them. */
export async function claimFor(services: Claiming, pool: Pool): Promise<void> {
  const droplet = dropletOf(pool)
  const front = services.front(pool)
  const other = await services.store.claim(pool.id, [droplet, ...(front === null ? [] : [front])])
  if (other === null) return
  const whose = await services.store.whose(other.poolId)
  // Another team's pools are named to nobody.
  const name = whose?.tenant === (pool.tenant ?? null) ? `the pool ${whose.pool.name}` : 'another team’s pool'
  const words =
    other.thing === droplet
      ? `That droplet is in ${name} already`
      : `That backend of the balancer serves ${name} already, and it could not distinguish the two; give this pool a backend of its own`
  throw new SpinupError('conflict', `${words}. Nothing was changed.`)
}

/** Keeps for every pool what it has, oldest first: those of a version that kept nothing are as safe as new ones. */
export async function claimForAll(services: Claiming & Pick<Services, 'log'>): Promise<void> {
  const { store, log } = services
  const states = await Promise.all((await store.list()).map((poolId) => store.load(poolId)))
  const pools = states.flatMap((state) => (state === null ? [] : [state.pool]))
  for (const pool of pools.toSorted((a, b) => a.createdAt - b.createdAt)) {
    await claimFor(services, pool).catch((error: unknown) =>
      log.warn({ pool: pool.id, reason: messageOf(error) }, 'two pools have the same droplet or place at a balancer'),
    )
  }
}

function dropletOf({ provider, originDropletId }: Pool): string {
  return `droplet ${provider} ${originDropletId}`
}
