import type { Redis } from 'ioredis'
import { z } from 'zod'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** What is kept of a member that its balancer cannot tell. */
export interface MemberEntry {
  readonly url: string
  readonly state: 'serving' | 'draining' | 'waiting'
  /** Epoch ms. */
  readonly since: number
}

const entrySchema = z.object({ state: z.enum(['serving', 'draining', 'waiting']), since: z.number() })

/** The record of a pool's members that balancers without a memory of their own go by; outlives the bot. Throws `storeFailed`. */
export function createMemberRecord(
  redis: Redis,
  poolId: string,
): {
  all(): Promise<readonly MemberEntry[]>
  put(member: MemberEntry): Promise<void>
  forget(url: string): Promise<void>
} {
  const key = keys.balancer(poolId)
  return {
    all: guard('read the record of members', async () => {
      const fields = await redis.hgetall(key)
      return Object.entries(fields).map(([url, text]) => ({ url, ...entrySchema.parse(JSON.parse(text)) }))
    }),
    put: guard('save the record of a member', async ({ url, state, since }: MemberEntry) => {
      await redis.hset(key, url, JSON.stringify({ state, since }))
    }),
    forget: guard('forget the record of a member', async (url: string) => {
      await redis.hdel(key, url)
    }),
  }
}
