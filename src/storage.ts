import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Config } from './config/read-config.ts'
import { connectRedis, whenReady, type RedisAddress } from './store/connection.ts'
import { startRedisServer } from './store/redis-server.ts'

/** The connections a bot works on. */
export interface Storage {
  readonly redis: Redis
  /** For the queue: never gives up on a command. */
  readonly queue: Redis
  close(): Promise<void>
}

/** Connects to `REDIS_URL`, or starts Spinup's own server in the data folder and connects to that. */
export async function openStorage(config: Config, log: Logger): Promise<Storage> {
  const server =
    config.redisUrl === null
      ? await startRedisServer({ dataDir: config.dataDir, log, install: true, say: (line) => log.info(line) })
      : null
  const address: RedisAddress = server === null ? { url: config.redisUrl ?? '' } : { path: server.path }
  const redis = connectRedis(address, { name: 'bot', log })
  const queue = connectRedis(address, { name: 'queue', blocking: true, log })
  const close = async (): Promise<void> => {
    redis.disconnect()
    queue.disconnect()
    await server?.stop()
  }
  try {
    await Promise.all([whenReady(redis), whenReady(queue)])
  } catch (error) {
    await close()
    throw error
  }
  return { redis, queue, close }
}
