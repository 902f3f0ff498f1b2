import type { Redis } from 'ioredis'
import type { Card, View } from '../core/model/view.ts'
import { keys } from './keys.ts'
import { acquireLease } from './lock.ts'

/** Cards on their way to the channels. Putting a card again replaces what was not yet delivered; the last state always arrives. */
export interface Outbox {
  /** `destination`: `platform:channel`. True when this changed the card. */
  put(destination: string, cardId: string, view: View, at: number): Promise<boolean>
  destinations(): Promise<readonly string[]>
  /**
   * Hands every undelivered card of a destination, oldest first, to `send`; a card is forgotten only after `send`
   * resolved and only if it was not changed meanwhile. One bot at a time delivers to a destination.
   */
  deliver(destination: string, send: (card: Card) => Promise<void>): Promise<number>
}

/** The revision rises only when the view differs, so telling the same twice is silent. KEYS: cards, pending. */
const PUT = `
local before = redis.call('HGET', KEYS[1], ARGV[1])
local revision = 1
local at = ARGV[3]
if before then
  local card = cjson.decode(before)
  if card.view == ARGV[2] then return 0 end
  revision = card.revision + 1
  at = card.at
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({ id = ARGV[1], revision = revision, at = at, view = ARGV[2] }))
redis.call('ZADD', KEYS[2], 'NX', ARGV[3], ARGV[1])
return revision`

const DELIVERED = `
local now = redis.call('HGET', KEYS[1], ARGV[1])
if now and cjson.decode(now).revision == tonumber(ARGV[2]) then redis.call('ZREM', KEYS[2], ARGV[1]) return 1 end
return 0`

/** Cards kept per destination, so that a later change still finds its revision. */
const KEPT_CARDS = 500
const LEASE_MS = 15_000

interface StoredCard {
  readonly id: string
  readonly revision: number
  readonly at: string
  readonly view: string
}

export function createOutbox(redis: Redis): Outbox {
  const trim = async (destination: string): Promise<void> => {
    const cards = keys.outboxCards(destination)
    if ((await redis.hlen(cards)) <= KEPT_CARDS * 1.2) return
    const all = Object.values(await redis.hgetall(cards)).map(parse)
    const pending = new Set(await redis.zrange(keys.outboxPending(destination), '0', '-1'))
    const old = all
      .filter((card) => !pending.has(card.id))
      .toSorted((a, b) => a.at - b.at)
      .slice(0, Math.max(0, all.length - KEPT_CARDS))
    if (old.length > 0) await redis.hdel(cards, ...old.map((card) => card.id))
  }
  return {
    put: async (destination, cardId, view, at) => {
      await redis.sadd(keys.outboxDestinations, destination)
      const revision = await redis.eval(
        PUT,
        2,
        keys.outboxCards(destination),
        keys.outboxPending(destination),
        cardId,
        JSON.stringify(view),
        String(at),
      )
      return revision !== 0
    },
    destinations: () => redis.smembers(keys.outboxDestinations),
    deliver: async (destination, send) => {
      if ((await redis.zcard(keys.outboxPending(destination))) === 0) return 0
      const lease = await acquireLease(redis, keys.outboxLock(destination), { ttlMs: LEASE_MS, waitMs: 0 })
      if (lease === null) return 0
      try {
        let sent = 0
        for (const cardId of await redis.zrange(keys.outboxPending(destination), '0', '49')) {
          const stored = await redis.hget(keys.outboxCards(destination), cardId)
          if (stored === null) {
            await redis.zrem(keys.outboxPending(destination), cardId)
            continue
          }
          const card = parse(stored)
          await send(card)
          sent++
          const { outboxCards, outboxPending } = keys
          await redis.eval(
            DELIVERED,
            2,
            outboxCards(destination),
            outboxPending(destination),
            cardId,
            String(card.revision),
          )
        }
        await trim(destination)
        return sent
      } finally {
        await lease.release()
      }
    },
  }
}

/** Written by `PUT` alone. */
function parse(text: string): Card {
  const stored = JSON.parse(text) as StoredCard
  return { id: stored.id, revision: stored.revision, at: Number(stored.at), view: JSON.parse(stored.view) as View }
}
