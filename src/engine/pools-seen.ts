import type { PoolState } from '../core/pool/state.ts'
import type { Services } from './services.ts'

/** The pools that may be seen and steered by a tenant (null: the installation's own team), oldest first. */
export async function poolsSeen(
  services: Pick<Services, 'store'>,
  tenant: string | null,
): Promise<readonly PoolState[]> {
  const states = await Promise.all((await services.store.list()).map((poolId) => services.store.load(poolId)))
  return states.filter((state) => state !== null).filter(({ pool }) => (pool.tenant ?? null) === tenant)
}
