import type { Redis } from 'ioredis'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** Longer than any platform tells of the same thing again, s. */
const KEPT_S = 3600

/** What came from a platform, so that of several who get the same thing one acts. */
export function createSeenEvents(redis: Redis, platform: string): { first(id: string): Promise<boolean> } {
  return {
    first: guard('note a report', async (id) => {
      return (await redis.set(keys.seenEvents(platform, id), '1', 'EX', KEPT_S, 'NX')) === 'OK'
    }),
  }
}
