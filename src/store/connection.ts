import { Redis, type Command, type RedisOptions } from 'ioredis'
import type { Logger } from 'pino'
import { SpinupError } from '../core/model/error.ts'

/** Where Redis is: Spinup's own, by unix socket, or the team's, by URL. */
export type RedisAddress = { readonly path: string } | { readonly url: string }

export interface ConnectOptions {
  /** Role of the connection, shown in CLIENT LIST as `spinup-NAME-PID`. */
  readonly name: string
  readonly log?: Logger
  /** For BullMQ workers: commands may block, wait out any outage and never time out. */
  readonly blocking?: boolean
}

/** Client names of every Spinup connection start with this; a shared server is only shut down when none is left. */
export const CLIENT_PREFIX = 'spinup-'

/** An unanswered command fails after this long, so that "Redis is gone" is an error and not a silence, ms. */
const COMMAND_TIMEOUT_MS = 2_000
const MAX_RETRY_MS = 500

/**
 * A command's time is over only when what has come from the server meanwhile was read: a process that was busy, or stood
 * still, finds its timers due before it has looked.
 */
class PatientRedis extends Redis {
  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    const { reject } = command
    command.reject = (error) => {
      if (error.message !== TIMED_OUT) return reject(error)
      setImmediate(() => {
        if (!command.isResolved) reject(error)
      })
    }
    return super.sendCommand(command, stream)
  }
}
/** As ioredis says it. */
const TIMED_OUT = 'Command timed out'

/**
 * A client that reconnects by itself within half a second of the server's return. Commands given while it is away wait
 * for it up to 2 s, then reject (an ordinary Error: callers wrap it with `storeFailed`); `blocking` ones wait forever.
 */
export function connectRedis(address: RedisAddress, options: ConnectOptions): Redis {
  const settings = {
    connectionName: `${CLIENT_PREFIX}${options.name.replaceAll(/[^\w.-]+/g, '-')}-${process.pid}`,
    connectTimeout: 2_000,
    maxLoadingRetryTime: 200,
    retryStrategy: (times) => Math.min(MAX_RETRY_MS, 25 * 2 ** Math.min(times, 6)),
    // 4 retries give up on a command 0.75 s into an outage: longer than a server takes to be restarted.
    ...(options.blocking === true
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 4, commandTimeout: COMMAND_TIMEOUT_MS }),
  } satisfies RedisOptions
  const redis = 'path' in address ? new PatientRedis(address.path, settings) : new PatientRedis(address.url, settings)
  tell(redis, options)
  return redis
}

/** Whether commands would be answered right now. */
export function isReady(redis: Redis): boolean {
  return redis.status === 'ready'
}

/** Resolves once `redis` answers; throws `storeFailed` after `timeoutMs` or when it is closed for good. */
export async function whenReady(redis: Redis, timeoutMs = 10_000): Promise<void> {
  if (isReady(redis)) return
  let last = 'no answer'
  const failed = await new Promise<boolean>((resolve) => {
    const listeners = {
      error: (error: Error) => void (last = error.message),
      ready: () => finish(false),
      end: () => finish(true),
    }
    const finish = (failed: boolean): void => {
      clearTimeout(timer)
      redis.off('error', listeners.error).off('ready', listeners.ready).off('end', listeners.end)
      resolve(failed)
    }
    const timer = setTimeout(finish, timeoutMs, true)
    redis.on('error', listeners.error).on('ready', listeners.ready).on('end', listeners.end)
  })
  if (failed) {
    throw new SpinupError(
      'storeFailed',
      `Redis does not answer (${last}). Check that it runs and that REDIS_URL, if set, is right.`,
      { retryable: true },
    )
  }
}

/** One log line when it goes and one when it is back, however often it retries; no listener would mean console noise. */
function tell(redis: Redis, options: ConnectOptions): void {
  let lostAt: number | null = null
  redis.on('error', (error: Error) => options.log?.debug({ err: error, connection: options.name }, 'redis error'))
  redis.on('reconnecting', () => {
    if (lostAt !== null) return
    lostAt = performance.now()
    options.log?.warn({ connection: options.name }, 'redis connection lost; reconnecting')
  })
  redis.on('ready', () => {
    if (lostAt === null) return
    options.log?.info({ connection: options.name, awayMs: Math.round(performance.now() - lostAt) }, 'redis is back')
    lostAt = null
  })
}
