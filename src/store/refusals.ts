import type { Redis } from 'ioredis'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

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
