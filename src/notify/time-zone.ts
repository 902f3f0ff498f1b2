import type { Place } from '../core/model/place.ts'
import { poolsSeen } from '../engine/pools-seen.ts'
import type { Services } from '../engine/services.ts'

/** IANA name of the clock that times of day are meant by in a channel: its own, else its team's pool's, else UTC. */
export async function timeZoneAt(services: Services, place: Place): Promise<string> {
  const channel = await services.notices.settings(place)
  if (channel !== null && channel !== 'always' && channel.timeZone !== null) return channel.timeZone
  return (await poolsSeen(services, place.tenant))[0]?.pool.policy.timeZone ?? 'UTC'
}
