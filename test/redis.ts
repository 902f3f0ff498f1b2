import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { pino, type Logger } from 'pino'
import { connectRedis, whenReady } from '../src/store/connection.ts'
import { startRedisServer } from '../src/store/redis-server.ts'
import { until } from './wait.ts'

/** A logger that says nothing. */
export const quiet: Logger = pino({ level: 'silent' })

/** A real, empty Redis of this test's own. */
export interface TestRedis {
  /** The unix socket. */
  readonly path: string
  /** A connection that answers; closed by `stop`. `blocking` for BullMQ. */
  connect(options?: { readonly name?: string; readonly blocking?: boolean }): Promise<Redis>
  /** Forgets every key. */
  flush(): Promise<void>
  /** Closes the connections, ends the server, removes its files. */
  stop(): Promise<void>
}

/** Starts a Redis in a temporary folder (about 0.1 s); call it in `before` and `stop` it in `after`. */
export async function startTestRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'spinup-test-'))
  // Not detached: a test run that is interrupted or timed out takes its servers with it.
  const server = await startRedisServer({
    dataDir: folder,
    log: quiet,
    install: true,
    say: console.error,
    detached: false,
  })
  const clients: Redis[] = []
  const connect = async (options: { readonly name?: string; readonly blocking?: boolean } = {}): Promise<Redis> => {
    const client = connectRedis(
      { path: server.path },
      { name: options.name ?? 'test', log: quiet, blocking: options.blocking ?? false },
    )
    clients.push(client)
    await whenReady(client)
    return client
  }
  return {
    path: server.path,
    connect,
    async flush() {
      await (clients[0] ?? (await connect())).flushall()
    },
    async stop() {
      for (const client of clients) client.disconnect()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** While a slow disk flushes, Redis keeps what it has answered in its own memory for up to two seconds. */
export async function written(redis: Redis): Promise<void> {
  await until(async () => /aof_buffer_length:0\r/.test(await redis.info('persistence')), { what: 'Redis to write it' })
}
