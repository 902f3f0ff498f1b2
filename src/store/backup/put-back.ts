import { setTimeout as pause } from 'node:timers/promises'
import type { ChainableCommander, Redis } from 'ioredis'
import { SpinupError } from '../../core/model/error.ts'
import { CLIENT_PREFIX, whenReady } from '../connection.ts'
import { guard, storeFailed } from '../guard.ts'
import { keys, PREFIX, QUEUE } from '../keys.ts'
import type { Backup } from './backup.ts'
import type { Copied } from './copy.ts'

/** Elements in one command, and about so many bytes in one round trip. */
const ELEMENTS = 500
const BATCH_BYTES = 1_000_000
/** A bot notes the time this often and a little more, ms. */
const BEAT_MS = 2500

/** Keeps bots from starting. */
export interface KeptOut {
  /** The state is whole: they may start. */
  end(): Promise<void>
  /** Nothing was changed: it is as it was before, which may be half of a state from an earlier time. */
  letIn(): Promise<void>
}

/**
 * Keeps bots from starting on this Redis; `note` says since when, and where it is done. Throws `conflict` where one runs: it
 * is connected, or notes the time. They stay out when this process dies.
 */
export async function keepBotsOut(redis: Redis, note: string): Promise<KeptOut> {
  const before = await guard('say whether it is whole', () => redis.get(keys.restoring))()
  const set = guard('keep bots out', (text: string) => redis.set(keys.restoring, text))
  const end = guard('let bots in', async () => void (await redis.del(keys.restoring)))
  const letIn = async (): Promise<void> => void (await (before === null ? end() : set(before)))
  await set(note)
  const bot = (await connectedBot(redis)) ?? (await beating(redis))
  if (bot === null) return { end, letIn }
  await letIn()
  throw new SpinupError(
    'conflict',
    `A bot works on this Redis (${bot}), or another command that reads it. Stop it first: nothing was changed.`,
  )
}

/** Its name; null: none, or this server does not say. */
async function connectedBot(redis: Redis): Promise<string | null> {
  const own = `id=${await redis.client('ID').catch(() => 0)} `
  const list = String(await redis.client('LIST').catch(() => ''))
  for (const line of list.split('\n').filter((one) => !one.startsWith(own))) {
    const [, name = ''] = /(?:^| )name=(\S*)/.exec(line) ?? []
    if (/^(?:bot|backup)-/.test(name.startsWith(CLIENT_PREFIX) ? name.slice(CLIENT_PREFIX.length) : '')) return name
  }
  return null
}

/** Seen from the time that it notes, wherever servers do not say who is connected. */
const beating = guard('say what time a bot noted', async (redis: Redis): Promise<string | null> => {
  const beat = (): Promise<string | null> => redis.hget(keys.clock, 'beat')
  const [before, [seconds]] = await Promise.all([beat(), redis.time()])
  const steps = Number(await redis.hget(keys.clock, 'steps'))
  // The last one was long ago: nothing to wait for.
  if (before === null || Math.abs(Number(seconds) * 1000 - steps - Number(before)) > 4 * BEAT_MS) return null
  await pause(BEAT_MS)
  return (await beat()) === before ? null : 'it notes the time'
})

/** Removes everything of Spinup's but what keeps bots out. */
export const removeEverything = guard('be emptied', async (redis: Redis): Promise<void> => {
  for (const match of [`${PREFIX}*`, `${QUEUE.prefix}:${QUEUE.name}:*`]) {
    for await (const found of redis.scanBufferStream({ match, count: 500 })) {
      const gone = (found as readonly Buffer[]).filter((key) => key.toString() !== keys.restoring)
      if (gone.length > 0) await redis.unlink(...gone)
    }
  }
})

/**
 * Puts the keys of a backup into a Redis that has none. What had a time to live ends when it would have ended then. Throws
 * `storeFailed`, and then it is there only in part.
 */
export async function putBack(redis: Redis, backup: Backup): Promise<void> {
  const own = redis.duplicate({ commandTimeout: undefined, retryStrategy: null, maxRetriesPerRequest: 0 })
  own.on('error', () => undefined)
  try {
    await whenReady(own)
    let batch = own.pipeline()
    let bytes = 0
    const send = async (): Promise<void> => {
      const answers = (await batch.exec()) ?? []
      const failed = answers.find(([error]) => error !== null)
      if (failed !== undefined) throw failed[0]
      batch = own.pipeline()
      bytes = 0
    }
    for await (const copied of backup.keys()) {
      write(batch, copied)
      bytes += copied.values.reduce((sum, value) => sum + value.length, 100)
      if (bytes > BATCH_BYTES) await send()
    }
    await send()
  } catch (error) {
    if (error instanceof SpinupError) throw error
    throw storeFailed('Redis could not take the backup', error)
  } finally {
    own.disconnect()
  }
}

function write(batch: ChainableCommander, { key, kind, values, expiresAt }: Copied): void {
  batch.unlink(key)
  if (kind === 'string') batch.set(key, values[0]!)
  const elements = kind === 'string' ? [] : values
  for (let at = 0; at < elements.length; at += 2 * ELEMENTS) {
    const some = elements.slice(at, at + 2 * ELEMENTS)
    if (kind === 'hash') batch.hset(key, ...some)
    if (kind === 'list') batch.rpush(key, ...some)
    if (kind === 'set') batch.sadd(key, ...some)
    // Members come before their scores, and go after them.
    if (kind === 'zset') batch.zadd(key, ...some.map((_, index) => some[index ^ 1]!))
  }
  if (expiresAt !== null && kind !== 'none') batch.pexpireat(key, expiresAt)
}
