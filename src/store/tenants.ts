import type { Redis } from 'ioredis'
import type { Pool } from '../core/model/pool.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/** Whose pools are whose, without reading all of a pool. Throws `storeFailed` (retryable) when Redis does not answer. */
export function createTenants(redis: Redis): { of(poolId: string): Promise<string | null> } {
  return {
    /** null: the installation's own team's, or there is no such pool. */
    of: guard('look whose pool it is', async (poolId: string) => {
      const text = await redis.hget(keys.state(poolId), 'pool')
      // Written by the pool store alone.
      return text === null ? null : ((JSON.parse(text) as Pool).tenant ?? null)
    }),
  }
}
