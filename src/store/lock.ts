import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { guard } from './guard.ts'

/** A lease on something only one bot may do at a time; `token` guards every write made under it. */
export interface Lease {
  readonly key: string
  readonly token: string
  /** Holds it for another `ttlMs` from now; false when it has expired or another took it. */
  renew(): Promise<boolean>
  /** Never throws: what was done under it is done, and it expires by itself. */
  release(): Promise<void>
}

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`

/** Takes the lease, waiting up to `waitMs`; null when another holds it all that time. It expires by itself after `ttlMs`. */
export async function acquireLease(
  redis: Redis,
  key: string,
  options: { readonly ttlMs: number; readonly waitMs: number },
): Promise<Lease | null> {
  const token = randomUUID()
  const until = performance.now() + options.waitMs
  for (;;) {
    const taken = await redis.set(key, token, 'PX', options.ttlMs, 'NX')
    if (taken === 'OK') {
      return {
        key,
        token,
        renew: guard('keep a lock', async () => (await redis.eval(RENEW, 1, key, token, options.ttlMs)) === 1),
        release: async () => void (await redis.eval(RELEASE, 1, key, token).catch(() => undefined)),
      }
    }
    if (performance.now() >= until) return null
    await delay(15 + Math.random() * 20)
  }
}
