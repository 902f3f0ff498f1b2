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

/** The revision rises only when the view differs, so telling the same twice is silent. KEYS: cards, pending, floor. */
const PUT = `
local before = redis.call('HGET', KEYS[1], ARGV[1])
local revision = tonumber(redis.call('GET', KEYS[3]) or 0) + 1
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
if now and cjson.decode(now).revision ~= tonumber(ARGV[2]) then return 0 end
return redis.call('ZREM', KEYS[2], ARGV[1])`

/**
 * Forgets the oldest delivered cards. Should one of them change after all, its revision must still be above the shown
 * one, so the highest forgotten is kept. One script: a card put meanwhile must not be taken. KEYS: cards, pending, floor.
 */
const TRIM = `
local count = redis.call('HLEN', KEYS[1])
if count <= tonumber(ARGV[2]) then return 0 end
local all = redis.call('HVALS', KEYS[1])
local old = {}
for i = 1, #all do
  local card = cjson.decode(all[i])
  if not redis.call('ZSCORE', KEYS[2], card.id) then old[#old + 1] = card end
end
table.sort(old, function(a, b) return tonumber(a.at) < tonumber(b.at) end)
local floor = tonumber(redis.call('GET', KEYS[3]) or 0)
local gone = math.min(#old, count - tonumber(ARGV[1]))
for i = 1, gone do
  redis.call('HDEL', KEYS[1], old[i].id)
  floor = math.max(floor, old[i].revision)
end
redis.call('SET', KEYS[3], floor)
return gone`

/** Cards kept per destination, so that a later change still finds its revision. */
const KEPT_CARDS = 500
/** Renewed while it is held, so that a crashed bot's channels are silent for no longer than this. */
const LEASE_MS = 4000
const RENEW_MS = 1000

interface StoredCard {
  readonly id: string
  readonly revision: number
  readonly at: string
  readonly view: string
}

export function createOutbox(redis: Redis): Outbox {
  const places = (destination: string): readonly [string, string, string] => [
    keys.outboxCards(destination),
    keys.outboxPending(destination),
    keys.outboxFloor(destination),
  ]
  return {
    put: async (destination, cardId, view, at) => {
      await redis.sadd(keys.outboxDestinations, destination)
      const revision = await redis.eval(PUT, 3, ...places(destination), cardId, JSON.stringify(view), String(at))
      return revision !== 0
    },
    destinations: () => redis.smembers(keys.outboxDestinations),
    deliver: async (destination, send) => {
      if ((await redis.zcard(keys.outboxPending(destination))) === 0) return 0
      const lease = await acquireLease(redis, keys.outboxLock(destination), { ttlMs: LEASE_MS, waitMs: 0 })
      if (lease === null) return 0
      const renewal = setInterval(() => void lease.renew().catch(() => undefined), RENEW_MS)
      try {
        let sent = 0
        for (const cardId of await redis.zrange(keys.outboxPending(destination), '0', '49')) {
          const stored = await redis.hget(keys.outboxCards(destination), cardId)
          const card = stored === null ? null : parse(stored)
          // Lapsed while an earlier card was sent: another deliverer may be at it.
          if (!(await lease.renew())) return sent
          if (card !== null) {
            await send(card)
            sent++
          }
          await redis.eval(DELIVERED, 3, ...places(destination), cardId, card?.revision ?? 0)
        }
        await redis.eval(TRIM, 3, ...places(destination), KEPT_CARDS, KEPT_CARDS * 1.2)
        return sent
      } finally {
        clearInterval(renewal)
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
