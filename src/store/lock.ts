import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'

/** A lease on something only one bot may do at a time; `token` guards every write made under it. */
export interface Lease {
  readonly key: string
  readonly token: string
  release(): Promise<void>
}

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

/** Takes the lease, waiting up to `waitMs`; null when another holds it all that time. It lapses by itself after `ttlMs`. */
export async function acquireLease(
  redis: Redis,
  key: string,
  options: { readonly ttlMs: number; readonly waitMs: number },
): Promise<Lease | null> {
  const token = randomUUID()
  const until = Date.now() + options.waitMs
  for (;;) {
    const taken = await redis.set(key, token, 'PX', options.ttlMs, 'NX')
    if (taken === 'OK') {
      return {
        key,
        token,
        release: async () => {
          await redis.eval(RELEASE, 1, key, token)
        },
      }
    }
    if (Date.now() >= until) return null
    await delay(15 + Math.random() * 20)
  }
}
