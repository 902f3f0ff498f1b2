import type { Redis } from 'ioredis'
import { z } from 'zod'
import { SpinupError } from '../core/model/error.ts'
import { destinationOf, type Place } from '../core/model/platforms.ts'
import { NOTIFY_LEVELS, type ChannelShows, type Subscription } from '../core/model/subscription.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'
import type { Pool } from '../core/model/pool.ts'

/** What a channel gets unless it says otherwise. */
export function newSubscription(place: Place): Subscription {
  return { place, pools: [], level: 'all', timeZone: null, quiet: null, snooze: null, weekly: null }
}

/** What is kept of channels, by tenant. Every call throws `storeFailed` (retryable) when Redis does not answer. */
export interface Channels<T extends { readonly place: Place }> {
  /** null: nothing. */
  get(place: Place): Promise<T | null>
  /**
   * Changes what is kept of one, or begins it; null from `change` leaves it as it is. Two changes at once are both made.
   * Gives how it is afterwards.
   */
  change(place: Place, change: (before: T | null) => T | null): Promise<T | null>
  /** Of a tenant's channels; null: the installation's own team's. */
  of(tenant: string | null): Promise<readonly T[]>
  all(): Promise<readonly T[]>
  /** False: there was nothing. */
  remove(place: Place): Promise<boolean>
}

/** The channels that get something. */
export type Subscriptions = Channels<Subscription>

const PLACE = z.object({ platform: z.string(), channel: z.string(), tenant: z.string().nullable() })

const SUBSCRIPTION = z.object({
  place: PLACE,
  pools: z.array(z.string()),
  level: z.enum(NOTIFY_LEVELS),
  timeZone: z.string().nullable(),
  quiet: z.object({ from: z.number(), to: z.number() }).nullable(),
  snooze: z.object({ from: z.number(), until: z.number() }).nullable(),
  weekly: z.object({ weekday: z.number(), minute: z.number(), last: z.string() }).nullable(),
})

const SHOWS = z.object({
  place: PLACE,
  shows: z.array(
    z.object({
      id: z.string(),
      poolId: z.string(),
      visual: z.string(),
      of: z.array(z.string()),
      rangeMs: z.number().nullable(),
      options: z.record(z.string(), z.string()),
      weekdays: z.array(z.number()),
      minute: z.number(),
      timeZone: z.string(),
      by: z.string(),
      last: z.string(),
    }),
  ),
})

/** KEYS: channels. ARGV: destination, as it was ('' when it was not), as it is to be. */
const SWAP = `
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1`

/** Each loser of a race reads again; more than this is no race. */
const MOST_ATTEMPTS = 50

export function createSubscriptions(redis: Redis): Subscriptions {
  return createChannels(redis, keys.subscriptions, SUBSCRIPTION)
}

/** The pictures that channels get regularly. */
export function createChannelShows(redis: Redis): Channels<ChannelShows> {
  return createChannels(redis, keys.channelShows, SHOWS)
}

function createChannels<T extends { readonly place: Place }>(
  redis: Redis,
  keyIn: (tenant: string) => string,
  schema: z.ZodType<T>,
): Channels<T> {
  const keyOf = (tenant: string | null): string => keyIn(tenant ?? '')
  const parse = (text: string): T => schema.parse(JSON.parse(text))
  const read = async (place: Place): Promise<string> =>
    (await redis.hget(keyOf(place.tenant), destinationOf(place))) ?? ''
  const of = async (tenant: string | null): Promise<readonly T[]> => {
    const found = await redis.hgetall(keyOf(tenant))
    return Object.keys(found)
      .toSorted()
      .map((destination) => parse(found[destination] ?? ''))
  }
  const change: Channels<T>['change'] = async (place, changed) => {
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
  /** Whether a channel may dance on that day (`2026-01-31`), which it then has: once a day, where the team is for it. */
  dance(place: Place, day: string): Promise<'open' | 'danced' | 'closed'>
  openDisco(tenant: string | null, open: boolean): Promise<void>
  /** Adds what a pool that is about to be forgotten cost; the same again changes nothing. */
  keepSpent(pool: Pick<Pool, 'id' | 'tenant' | 'createdAt'>, month: string, dollars: number): Promise<void>
}

/** KEYS: the team's settings. ARGV: the channel's field, the day. */
const DANCE = `
if redis.call('HGET', KEYS[1], 'disco') == 'off' then return 'closed' end
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return 'danced' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 'open'`

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
    dance: guard('read the team’s settings', async (place, day) => {
      const field = `disco:${destinationOf(place)}`
      const state = await redis.eval(DANCE, 1, keys.team(place.tenant ?? ''), field, day)
      return state === 'closed' || state === 'danced' ? state : 'open'
    }),
    openDisco: guard('save the team’s settings', (tenant, open) =>
      put(keys.team(tenant ?? ''), 'disco', open ? null : 'off'),
    ),
    setBudget: guard('save the team’s budget', (tenant, dollars) => put(keys.team(tenant ?? ''), 'budget', dollars)),
  }
}

/** Destinations that a platform refuses, and since when. Every call throws `storeFailed` (retryable) when Redis does not answer. */
export interface Refusals {
  /** It is refused; gives since when it is, epoch ms. */
  begin(destination: string, at: number): Promise<number>
  all(): Promise<readonly string[]>
  /** It is refused no longer; gives since when it was, null when it was not. One bot alone gets it. */
  end(destination: string): Promise<number | null>
}

const END = `
local since = redis.call('HGET', KEYS[1], ARGV[1])
if since then redis.call('HDEL', KEYS[1], ARGV[1]) end
return since`

export function createRefusals(redis: Redis): Refusals {
  return {
    begin: guard('save a refusal', async (destination: string, at: number) => {
      await redis.hsetnx(keys.refused, destination, String(at))
      return Number((await redis.hget(keys.refused, destination)) ?? at)
    }),
    all: guard('find refusals', () => redis.hkeys(keys.refused)),
    end: guard('forget a refusal', async (destination: string) => {
      const since = await redis.eval(END, 1, keys.refused, destination)
      return typeof since === 'string' ? Number(since) : null
    }),
  }
}
