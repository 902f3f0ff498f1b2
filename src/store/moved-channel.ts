import type { Redis } from 'ioredis'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** What is kept of one channel, whatever it is. */
const KEPT = [
  keys.held,
  keys.heldSince,
  keys.placed,
  keys.digestsDue,
  keys.outboxCards,
  keys.outboxPending,
  keys.outboxFloor,
  keys.outboxAside,
]

/**
 * A platform calls one of its channels by another id now: what is set for it, waits for it and is shown in it goes along.
 * The same again, or by two bots at once, changes nothing. Throws `storeFailed`.
 */
export function createMoves(redis: Redis, platform: string): (before: string, after: string) => Promise<void> {
  const moveKey = async (from: string, to: string): Promise<void> => {
    if ((await redis.exists(from)) === 1) await redis.renamenx(from, to).catch(() => undefined)
  }
  const moveField = async (key: string, from: string, to: string, text: (before: string) => string): Promise<void> => {
    const found = await redis.hget(key, from)
    if (found !== null) await redis.multi().hsetnx(key, to, text(found)).hdel(key, from).exec()
  }
  return guard('follow a channel to its new id', async (before: string, after: string) => {
    const [from, to] = [`${platform}:${before}`, `${platform}:${after}`]
    // Written by the subscriptions and by `createShown` alone.
    const withPlace = (text: string): string => {
      const kept = JSON.parse(text) as { place: object }
      return JSON.stringify({ ...kept, place: { ...kept.place, channel: after } })
    }
    for (const tenant of await redis.smembers(keys.subscribers)) {
      await moveField(keys.subscriptions(tenant), from, to, withPlace)
      await moveField(keys.channelShows(tenant), from, to, withPlace)
      await moveField(keys.channelPools(tenant), from, to, (pool) => pool)
    }
    const digests = [
      ...new Set([...(await redis.hvals(keys.placed(from))), ...(await redis.hkeys(keys.digestsDue(from)))]),
    ]
    for (const id of digests) await moveKey(keys.digest(from, id), keys.digest(to, id))
    for (const [id, text] of Object.entries(await redis.hgetall(keys.shown(from)))) {
      const kept = JSON.parse(text) as { extra?: { channel?: string } }
      const extra = { ...kept.extra, channel: nameIn(after) }
      await redis.hsetnx(keys.shown(to), id, JSON.stringify({ ...kept, extra }))
    }
    await redis.del(keys.shown(from))
    for (const key of KEPT) await moveKey(key(from), key(to))
    await redis.sadd(keys.outboxDestinations, to)
    await redis.srem(keys.outboxDestinations, from)
  })
}

/** `T1/C2` → `C2`: as the platform itself names it. */
function nameIn(channel: string): string {
  return channel.split('/').at(-1) ?? channel
}
