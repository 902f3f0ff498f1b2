import type { Redis } from 'ioredis'
import { keys } from './keys.ts'

/** Where a card is shown; what is in it is the platform's business. */
export interface Kept {
  readonly at: number
}

/** Where a platform's cards are, by channel and card; the newest thousand of each channel are kept. */
export function createShown<T extends Kept>(
  redis: Redis,
  platform: string,
): {
  get(channel: string, cardId: string): Promise<T | null>
  set(channel: string, cardId: string, shown: T): Promise<void>
} {
  return {
    async get(channel, cardId) {
      const text = await redis.hget(keys.shown(`${platform}:${channel}`), cardId)
      // Written by `set` alone.
      return text === null ? null : (JSON.parse(text) as T)
    },
    async set(channel, cardId, shown) {
      const key = keys.shown(`${platform}:${channel}`)
      const added = await redis.hset(key, cardId, JSON.stringify(shown))
      if (added === 1 && (await redis.hlen(key)) > MOST) await forgetOldest(redis, key)
    },
  }
}

const KEPT = 1000
const MOST = 1200

async function forgetOldest(redis: Redis, key: string): Promise<void> {
  const all = Object.entries(await redis.hgetall(key)).map(([id, text]) => ({ id, at: (JSON.parse(text) as Kept).at }))
  const old = all.toSorted((a, b) => b.at - a.at).slice(KEPT)
  if (old.length > 0) await redis.hdel(key, ...old.map(({ id }) => id))
}
