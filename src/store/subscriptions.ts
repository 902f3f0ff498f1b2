import type { Redis } from 'ioredis'
import { z } from 'zod'
import { SpinupError } from '../core/model/error.ts'
import { destinationOf, type Place } from '../core/model/place.ts'
import { NOTIFY_LEVELS } from '../core/model/notify-level.ts'
import type { Subscription } from '../core/model/subscription.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** What a channel gets unless it says otherwise. */
export function newSubscription(place: Place): Subscription {
  return { place, pools: [], level: 'all', timeZone: null, quiet: null, snooze: null, weekly: null }
}

/** The channels that get something, by tenant. Every call throws `storeFailed` (retryable) when Redis does not answer. */
export interface Subscriptions {
  /** null: it gets nothing. */
  get(place: Place): Promise<Subscription | null>
  /**
   * Changes one, or makes it; null from `change` leaves it as it is. Two changes at once are both made. Gives how it is
   * afterwards.
   */
  change(place: Place, change: (before: Subscription | null) => Subscription | null): Promise<Subscription | null>
  /** Channels of a tenant; null: the installation's own team's. */
  of(tenant: string | null): Promise<readonly Subscription[]>
  all(): Promise<readonly Subscription[]>
  /** False: there was none. */
  remove(place: Place): Promise<boolean>
}

const schema = z.object({
  place: z.object({ platform: z.string(), channel: z.string(), tenant: z.string().nullable() }),
  pools: z.array(z.string()),
  level: z.enum(NOTIFY_LEVELS),
  timeZone: z.string().nullable(),
  quiet: z.object({ from: z.number(), to: z.number() }).nullable(),
  snooze: z.object({ from: z.number(), until: z.number() }).nullable(),
  weekly: z.object({ weekday: z.number(), minute: z.number(), last: z.string() }).nullable(),
})

/** KEYS: channels. ARGV: destination, as it was ('' when it was not), as it is to be. */
const SWAP = `
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1`

/** Each loser of a race reads again; more than this is no race. */
const MOST_ATTEMPTS = 50

export function createSubscriptions(redis: Redis): Subscriptions {
  const keyOf = (tenant: string | null): string => keys.subscriptions(tenant ?? '')
  const read = async (place: Place): Promise<string> =>
    (await redis.hget(keyOf(place.tenant), destinationOf(place))) ?? ''
  const of = async (tenant: string | null): Promise<readonly Subscription[]> => {
    const found = await redis.hgetall(keyOf(tenant))
    return Object.keys(found)
      .toSorted()
      .map((destination) => parse(found[destination] ?? ''))
  }
  const change: Subscriptions['change'] = async (place, changed) => {
    await redis.sadd(keys.subscribers, place.tenant ?? '')
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const text = await read(place)
      const before = text === '' ? null : parse(text)
      const after = changed(before)
      if (after === null) return before
      const key = keyOf(place.tenant)
      if ((await redis.eval(SWAP, 1, key, destinationOf(place), text, JSON.stringify(after))) === 1) return after
    }
    throw new SpinupError('storeFailed', 'This channel’s settings are being changed by many at once; try again.', {
      retryable: true,
    })
  }
  return {
    get: guard('read a channel’s settings', async (place: Place) => {
      const text = await read(place)
      return text === '' ? null : parse(text)
    }),
    change: guard('save a channel’s settings', change),
    of: guard('read the channels', of),
    all: guard('read the channels', async () => {
      const tenants = await redis.smembers(keys.subscribers)
      return (await Promise.all(tenants.map((tenant) => of(tenant === '' ? null : tenant)))).flat()
    }),
    remove: guard('forget a channel', async (place: Place) => {
      return (await redis.hdel(keyOf(place.tenant), destinationOf(place))) === 1
    }),
  }
}

function parse(text: string): Subscription {
  return schema.parse(JSON.parse(text))
}
