import type { Redis } from 'ioredis'
import { z } from 'zod'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** How long the clones of all of a team's pools at one provider took, from order to service. */
export interface BootRecord {
  note(boot: BootKind & { readonly ms: number }): Promise<void>
  /** Of the last ones those of this size, or, where there is none, all; ms, oldest first. Throws `storeFailed`. */
  last(kind: BootKind): Promise<readonly number[]>
}

export interface BootKind {
  /** null: the installation's own team. */
  readonly tenant: string | null
  readonly provider: string
  /** What sets clones apart that boot alike. */
  readonly size: string
}

/** Boots remembered, of all sizes. */
const KEPT = 40
/** Of those of one size so many count. */
const TELLING = 20

export function createBootRecord(redis: Redis): BootRecord {
  return {
    note: guard('save how long a droplet took to boot', async ({ tenant, provider, size, ms }) => {
      const key = keys.boots(tenant ?? '', provider)
      await redis
        .multi()
        .rpush(key, JSON.stringify([size, Math.round(ms)]))
        .ltrim(key, -KEPT, -1)
        .exec()
    }),
    last: guard('read how long droplets take to boot', async ({ tenant, provider, size }) => {
      const texts = await redis.lrange(keys.boots(tenant ?? '', provider), 0, -1)
      // Written above alone.
      const all = texts.map((text) => JSON.parse(text) as readonly [string, number])
      const alike = all.filter(([known]) => known === size)
      return (alike.length > 0 ? alike : all).slice(-TELLING).map(([, ms]) => ms)
    }),
  }
}

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
