import type { Redis } from 'ioredis'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** Longer than any platform tells of the same thing again, s. */
const SEEN_KEPT_S = 3600

/** So many are known by this process alone, while Redis takes nothing. */
const MOST_BY_HEART = 1000

/**
 * What came from a platform, so that of several who get the same thing one acts. What `changes` nothing is answered also
 * where Redis takes no changes, by each bot that hears of it; for the rest that throws `storeFailed`.
 */
export function createSeenEvents(
  redis: Redis,
  platform: string,
): { first(id: string, changes: boolean): Promise<boolean> } {
  const byHeart = new Set<string>()
  const noted = guard('note a report', async (id: string) => {
    return (await redis.set(keys.seenEvents(platform, id), '1', 'EX', SEEN_KEPT_S, 'NX')) === 'OK'
  })
  return {
    async first(id, changes) {
      try {
        return await noted(id)
      } catch (error) {
        if (changes) throw error
        if (byHeart.has(id)) return false
        if (byHeart.size >= MOST_BY_HEART) byHeart.clear()
        byHeart.add(id)
        return true
      }
    },
  }
}

/** Answers that a platform was promised and has not got yet, by an id of the question; texts are the platform's own. */
export interface Promises {
  keep(id: string, text: string): Promise<void>
  /** True for the one that takes it away: of several that would answer, it does. */
  settle(id: string): Promise<boolean>
  all(): Promise<ReadonlyMap<string, string>>
}

/** Kept so that a bot that died in between leaves nobody waiting. Throws `storeFailed`. */
export function createPromises(redis: Redis, platform: string): Promises {
  const key = keys.promises(platform)
  return {
    keep: guard('note a promise', async (id: string, text: string) => void (await redis.hset(key, id, text))),
    settle: guard('settle a promise', async (id: string) => (await redis.hdel(key, id)) === 1),
    all: guard('find promises', async () => new Map(Object.entries(await redis.hgetall(key)))),
  }
}

/** Whose installation this is, on a platform that can't tell: the first team to claim it, for good. */
export function createHome(redis: Redis, platform: string): { claim(team: string): Promise<string> } {
  return {
    claim: async (team) => {
      await redis.set(keys.home(platform), team, 'NX')
      return (await redis.get(keys.home(platform))) ?? team
    },
  }
}

/** As long as anyone may press what is so old, s. */
const ACTIONS_KEPT_S = 90 * 86_400

/** What shortened buttons stand for, on platforms whose buttons hold few characters; `id` is made from the action. */
export function createLongActions(
  redis: Redis,
  platform: string,
): { keep(actions: ReadonlyMap<string, string>): Promise<void>; get(id: string): Promise<string | null> } {
  return {
    keep: guard('save what a button does', async (actions) => {
      for (const [id, action] of actions) await redis.set(keys.longAction(platform, id), action, 'EX', ACTIONS_KEPT_S)
    }),
    get: guard('read what a button does', (id) => redis.get(keys.longAction(platform, id))),
  }
}

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
