import type { Redis } from 'ioredis'
import { destinationOf, type Place } from '../core/model/place.ts'
import type { Pool } from '../core/model/pool.ts'
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
  /** What pools that are disconnected by now cost in a month (`2026-01`), US dollars. */
  spentBefore(tenant: string | null, month: string): Promise<number>
  /** Adds what a pool that is about to be forgotten cost; the same again changes nothing. */
  keepSpent(pool: Pick<Pool, 'id' | 'tenant' | 'createdAt'>, month: string, dollars: number): Promise<void>
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
    spentBefore: guard('read the team’s budget', async (tenant, month) => {
      const fields = Object.entries(await redis.hgetall(keys.team(tenant ?? '')))
      const spent = fields.filter(([field]) => field.startsWith(`spent:${month}:`))
      return spent.reduce((total, [, dollars]) => total + Number(dollars), 0)
    }),
    keepSpent: guard('save what a pool cost', async ({ id, tenant, createdAt }, month, dollars) => {
      const key = keys.team(tenant ?? '')
      const old = (await redis.hkeys(key)).filter(
        (field) => field.startsWith('spent:') && !field.includes(`:${month}:`),
      )
      if (old.length > 0) await redis.hdel(key, ...old)
      await redis.hset(key, `spent:${month}:${id}:${createdAt}`, dollars)
    }),
    setBudget: guard('save the team’s budget', (tenant, dollars) => put(keys.team(tenant ?? ''), 'budget', dollars)),
  }
}
