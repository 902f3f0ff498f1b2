import type { Redis } from 'ioredis'
import { destinationOf, type Place } from '../core/model/place.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** The pool that is meant in a channel where none is named. Throws `storeFailed` (retryable) when Redis does not answer. */
export interface ChannelPools {
  /** Its id; null: none was chosen. It may be gone by now. */
  get(place: Place): Promise<string | null>
  /** null: none any more. */
  set(place: Place, poolId: string | null): Promise<void>
}

export function createChannelPools(redis: Redis): ChannelPools {
  const keyOf = ({ tenant }: Place): string => keys.channelPools(tenant ?? '')
  return {
    get: guard('read a channel’s pool', (place) => redis.hget(keyOf(place), destinationOf(place))),
    set: guard('keep a channel’s pool', async (place, poolId) => {
      if (poolId === null) await redis.hdel(keyOf(place), destinationOf(place))
      else await redis.hset(keyOf(place), destinationOf(place), poolId)
    }),
  }
}
