import { connectRedis } from '../../src/store/connection.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { makePlace } from '../../src/store/redis-server.ts'
import { quiet } from '../redis.ts'
import type { BotProcess } from './bot-process.ts'

/** Ids of what is kept for pools in a site's own Redis, by pool. */
export interface KeptPools {
  readonly id: string
  readonly tenant: string | null
  readonly charts: readonly string[]
}

export async function keptPools(dataDir: string): Promise<readonly KeptPools[]> {
  const redis = connectRedis({ path: (await makePlace(dataDir)).socket }, { name: 'test', log: quiet })
  try {
    const store = createPoolStore(redis)
    const ids = await store.list()
    return await Promise.all(
      ids.map(async (id) => {
        const found = await redis.keys(`spinup:{${id}}:chart:*`)
        const charts = found.map((key) => key.slice(key.indexOf(':chart:') + ':chart:'.length))
        return { id, tenant: (await store.load(id))?.pool.tenant ?? null, charts }
      }),
    )
  } finally {
    redis.disconnect()
  }
}

/** What a page gets that stays open for so long, ms. */
export async function eventsFor({ url }: BotProcess, ms: number): Promise<string> {
  const response = await fetch(`${url}/api/console/events`, { signal: AbortSignal.timeout(ms) })
  let text = ''
  try {
    for await (const chunk of response.body!) text += Buffer.from(chunk as Uint8Array).toString('utf8')
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TimeoutError') throw error
  }
  return text
}
