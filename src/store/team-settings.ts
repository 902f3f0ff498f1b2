import type { Redis } from 'ioredis'
import { destinationOf, type Place } from '../core/model/place.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** What a team has set that is of no single pool. Throws `storeFailed` (retryable) when Redis does not answer. */
export interface TeamSettings {
  /** The id of the pool that is meant in a channel where none is named; null: none was chosen. It may be gone by now. */
  usedIn(place: Place): Promise<string | null>
  /** null: none any more. */
  use(place: Place, poolId: string | null): Promise<void>
  /** US dollars a calendar month (UTC) over all pools of a tenant (null: the installation's own team); null: no limit. */
  budget(tenant: string | null): Promise<number | null>
  setBudget(tenant: string | null, dollars: number | null): Promise<void>
}

export function createTeamSettings(redis: Redis): TeamSettings {
  const channelsOf = ({ tenant }: Place): string => keys.channelPools(tenant ?? '')
  const put = async (key: string, field: string, value: string | number | null): Promise<void> => {
    if (value === null) await redis.hdel(key, field)
    else await redis.hset(key, field, value)
  }
  return {
    usedIn: guard('read a channel’s pool', (place) => redis.hget(channelsOf(place), destinationOf(place))),
    use: guard('save a channel’s pool', (place, poolId) => put(channelsOf(place), destinationOf(place), poolId)),
    budget: guard('read the team’s budget', async (tenant) => {
      const text = await redis.hget(keys.team(tenant ?? ''), 'budget')
      return text === null ? null : Number(text)
    }),
    setBudget: guard('save the team’s budget', (tenant, dollars) => put(keys.team(tenant ?? ''), 'budget', dollars)),
  }
}
