import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import { whenReady } from '../connection.ts'
import { storeFailed } from '../guard.ts'
import { keys, PREFIX } from '../keys.ts'

/** A key as it was at some instant, with the whole of what it holds; kind `none`: it is not there. */
export interface Copied {
  readonly key: Buffer
  readonly kind: string
  /** Epoch ms; null: it stays. */
  readonly expiresAt: number | null
  /** The value of a string; members of a set; elements of a list; field, value, … of a hash; member, score, … of a sorted set. */
  readonly values: readonly Buffer[]
}

/** Keys in one answer: a pool's largest are about 100 kB each. */
const PAGE = 100
/** So few keys that have changed are read at one instant; more are read ahead of it once more. */
const FEW = 100
/** That is worth it while it leaves fewer each time: by this much at least. */
const SHRINKS = 0.7
/** Tries that get in nobody's way, and then those for which others' writes wait. */
const FREE_TRIES = 5
const PAUSED_TRIES = 3
/** How long they wait for, ms: less than any command of Spinup's does. */
const PAUSE_MS = 1000

const INVALIDATED = '__redis__:invalidate'

/** Of KEYS: kind, when it expires (epoch ms, or nothing), and what it holds. */
const READ = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local all = {}
for i, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  local values = {}
  if kind == 'string' then values = {redis.call('GET', key) or ''}
  elseif kind == 'hash' then values = redis.call('HGETALL', key)
  elseif kind == 'list' then values = redis.call('LRANGE', key, 0, -1)
  elseif kind == 'set' then values = redis.call('SMEMBERS', key)
  elseif kind == 'zset' then values = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  end
  local ttl = redis.call('PTTL', key)
  all[i] = {kind, ttl >= 0 and string.format('%.0f', now + ttl) or '', values}
end
return all`

/**
 * Every key of Spinup's as all of them were at one instant, the end of the copy; a key may come several times, and then
 * the last holds. Nobody is kept waiting for the most of it: keys are read one page after the other while Redis tells
 * which of them are written meanwhile (CLIENT TRACKING). Those are read again, until they are few enough to be read in
 * one script, at one instant; that counts only if nothing else was written right before it. Where writes are so many that
 * it never does, they are held back (CLIENT PAUSE) while the last are read, for a second at a time. Throws `storeFailed`,
 * also when the connection breaks in between: then nothing is known of what was written.
 */
export async function* copyKeys(redis: Redis): AsyncGenerator<readonly Copied[]> {
  const own = { retryStrategy: null, commandTimeout: undefined, maxRetriesPerRequest: 0 }
  const reader = redis.duplicate({ ...own, connectionName: `spinup-backup-${process.pid}` })
  // What is invalidated comes as a message only in the older protocol.
  const ear = redis.duplicate({ ...own, protocol: 2, connectionName: `spinup-ear-${process.pid}` })
  for (const one of [reader, ear]) one.on('error', () => undefined)
  try {
    await Promise.all([whenReady(reader), whenReady(ear)])
    yield* copyOver(reader, await listen(reader, ear))
  } catch (error) {
    if (error instanceof SpinupError) throw error
    throw storeFailed('Redis could not be copied', error)
  } finally {
    reader.disconnect()
    ear.disconnect()
  }
}

/** How a Redis refuses what it does not know, or does not allow. */
const INCAPABLE = /unknown|syntax|NOPERM/i

/** The keys that were written since it was last asked. */
type Written = () => Promise<Set<string>>

async function listen(reader: Redis, ear: Redis): Promise<Written> {
  let written = new Set<string>()
  let emptied = false
  ear.on('messageBuffer', (_channel: Buffer, message: unknown) => {
    // The keys; nothing, where all of them are gone.
    if (Array.isArray(message)) for (const key of message as readonly Buffer[]) written.add(key.toString('latin1'))
    else emptied = true
  })
  const id = await ear.client('ID')
  await ear.subscribe(INVALIDATED)
  await reader.client('TRACKING', 'ON', 'REDIRECT', id, 'BCAST', 'PREFIX', PREFIX).catch((cause: unknown) => {
    // Any other way to fail says nothing of what it can do.
    if (!INCAPABLE.test(messageOf(cause))) throw cause
    throw new SpinupError(
      'storeFailed',
      `This Redis does not say what changes while it is copied (${messageOf(cause)}). It takes a Redis 7 or Valkey 8, and the right to CLIENT TRACKING.`,
      { cause },
    )
  })
  return async () => {
    // Redis passes on what was written before it gives the answers of that moment; so this one comes after all of it.
    await ear.ping()
    if (emptied) throw new SpinupError('storeFailed', 'Redis was emptied while it was copied.')
    const found = written
    written = new Set()
    found.delete(keys.restoring)
    return found
  }
}

async function* copyOver(reader: Redis, written: Written): AsyncGenerator<readonly Copied[]> {
  for await (const found of reader.scanBufferStream({ match: `${PREFIX}*`, count: 500 })) {
    yield* read(reader, found as readonly Buffer[])
  }
  let due = await written()
  for (let before = Infinity; due.size > FEW && due.size < before * SHRINKS;) {
    before = due.size
    yield* read(reader, namesOf(due))
    due = await written()
  }
  yield (await atOnce(reader, due, written)) ?? (await whilePaused(reader, due, written))
}

/** Those keys, and all that are written until then, at one instant; adds the latter to `due`. null: more came each time. */
async function atOnce(reader: Redis, due: Set<string>, written: Written): Promise<readonly Copied[] | null> {
  for (let tries = 0; due.size <= 2 * FEW && tries < FREE_TRIES; tries++) {
    const copied = await readPage(reader, namesOf(due))
    const late = [...(await written())].filter((key) => !due.has(key))
    if (late.length === 0) return copied
    for (const key of late) due.add(key)
  }
  return null
}

/** The same while nobody writes. */
async function whilePaused(reader: Redis, due: Set<string>, written: Written): Promise<readonly Copied[]> {
  for (let tries = 0; tries < PAUSED_TRIES; tries++) {
    await reader.client('PAUSE', PAUSE_MS, 'WRITE')
    try {
      for (const key of await written()) due.add(key)
      const copied: Copied[] = []
      for await (const page of read(reader, namesOf(due))) copied.push(...page)
      const late = await written()
      if (late.size === 0) return copied
      for (const key of late) due.add(key)
    } finally {
      await reader.client('UNPAUSE')
    }
    // Others have waited for long.
    await pause(PAUSE_MS)
  }
  throw new SpinupError('storeFailed', 'Redis is written to so much that it has no state to copy; try again later.', {
    retryable: true,
  })
}

async function* read(reader: Redis, names: readonly Buffer[]): AsyncGenerator<readonly Copied[]> {
  // It says of this Redis that something is being put back, and is no part of what is kept.
  const kept = names.filter((name) => name.toString() !== keys.restoring)
  for (let at = 0; at < kept.length; at += PAGE) yield await readPage(reader, kept.slice(at, at + PAGE))
}

async function readPage(reader: Redis, names: readonly Buffer[]): Promise<readonly Copied[]> {
  // A script that only reads is not held back with the writes.
  const answer = await reader.callBuffer('EVAL_RO', READ, names.length, ...names)
  // As the script gives it.
  const all = answer as readonly (readonly [kind: Buffer, expiresAt: Buffer, values: readonly Buffer[]])[]
  return all.map(([kind, expiresAt, values], index) => {
    const key = names[index]!
    const copied = { key, kind: kind.toString(), values, expiresAt: Number(expiresAt) || null }
    if (KINDS.has(copied.kind)) return copied
    throw new SpinupError('storeFailed', `${key} is a ${copied.kind}, which no Spinup makes; it cannot be copied.`)
  })
}

const KINDS: ReadonlySet<string> = new Set(['none', 'string', 'hash', 'list', 'set', 'zset'])

const namesOf = (found: ReadonlySet<string>): readonly Buffer[] => [...found].map((key) => Buffer.from(key, 'latin1'))
