import type { PoolState } from '../core/pool/state.ts'
import type { Place } from '../core/model/place.ts'
import type { Services } from './services.ts'

/** The pools that may be seen and steered by a tenant (null: the installation's own team), oldest first. */
export async function poolsSeen(
  services: Pick<Services, 'store'>,
  tenant: string | null,
): Promise<readonly PoolState[]> {
  const states = await Promise.all((await services.store.of(tenant)).map((poolId) => services.store.load(poolId)))
  return states.filter((state) => state !== null).toSorted((a, b) => a.pool.createdAt - b.pool.createdAt)
}

/** IANA name of the clock that times of day are meant by in a channel: its own, else its team's pool's, else UTC. */
export async function timeZoneAt(services: Services, place: Place): Promise<string> {
  const channel = await services.notices.settings(place)
  if (channel !== null && channel !== 'always' && channel.timeZone !== null) return channel.timeZone
  return (await poolsSeen(services, place.tenant))[0]?.pool.policy.timeZone ?? 'UTC'
}
