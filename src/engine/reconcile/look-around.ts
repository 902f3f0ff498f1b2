import type { PoolState } from '../../core/pool/state.ts'
import type { Droplet } from '../../providers/provider.ts'
import { otherAccount, showsPool } from '../operations/other-account.ts'
import type { Services } from '../services.ts'
import { poolTag } from '../../core/pool/tags.ts'
import type { Seen } from '../../core/pool/comparison.ts'

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
