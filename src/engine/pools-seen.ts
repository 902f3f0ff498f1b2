import type { PoolState } from '../core/pool/state.ts'
import type { Services } from './services.ts'

/** The pools that may be seen and steered by a tenant (null: the installation's own team), oldest first. */
export async function poolsSeen(
  services: Pick<Services, 'store'>,
  tenant: string | null,
): Promise<readonly PoolState[]> {
  const states = await Promise.all((await services.store.of(tenant)).map((poolId) => services.store.load(poolId)))
  return states.filter((state) => state !== null).toSorted((a, b) => a.pool.createdAt - b.pool.createdAt)
}
