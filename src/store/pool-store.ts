import type { Redis } from 'ioredis'
import type { Decision } from '../core/model/decision.ts'
import type { Pool } from '../core/model/pool.ts'
import type { PoolRef } from '../core/model/view.ts'
import type { JournalEntry } from '../core/model/state.ts'
import { documentsOf, type PoolState, type StateChange } from '../core/pool/state.ts'
import type { Clock } from './clock.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'
import { acquireLease, type Lease } from './lock.ts'
import { createStateReader, type Read } from '../core/pool/state-reader.ts'

/** A set of writes to one pool that happens whole or not at all. */
export interface Commit {
  readonly change: StateChange
  readonly journal?: readonly JournalEntry[]
  readonly decisions?: readonly Decision[]
}

/** What must still be true for a commit to happen. */
export type Guard =
  | { readonly kind: 'lease'; readonly lease: Lease }
  | { readonly kind: 'operation'; readonly id: string; readonly version: number }

/** Every call throws `storeFailed` (retryable) when Redis does not answer. */
export interface PoolStore {
  /** Ids of every pool, no matter whose it is: for what works on all of them, and never for what people see. */
  list(): Promise<readonly string[]>
  /** Ids of a tenant's pools; null: the installation's own team's. */
  of(tenant: string | null): Promise<readonly string[]>
  /** Whose a pool is (null: the installation's own team's), and what its cards say of it; null: there is no such pool. */
  whose(poolId: string): Promise<{ readonly tenant: string | null; readonly pool: PoolRef } | null>
  /** Its times by the clock as it is now, also when that was set since they were kept; null: no such pool. */
  load(poolId: string): Promise<PoolState | null>
  /** As this process read it last, whatever became of it since; null: it never did. */
  last(poolId: string): PoolState | null
  /** When it was ticked last, by whichever bot and the clock of then, epoch ms; 0: never. */
  lastTickAt(poolId: string): Promise<number>
  /** The same as `load` for the holder of the pool's lock; what a clock that was set changes is written first. */
  take(poolId: string, lease: Lease): Promise<PoolState | null>
  /** False when a pool of that id exists already. */
  create(pool: Pool): Promise<boolean>
  /** False when the guard no longer holds: another bot has taken over, and nothing was written. */
  commit(poolId: string, guard: Guard, commit: Commit): Promise<boolean>
  lock(poolId: string, waitMs: number): Promise<Lease | null>
  /**
   * Keeps these things (a droplet, a place at a balancer), and no others, for a pool that exists; the pool that has one of
   * them already otherwise, and then nothing was changed.
   */
  claim(poolId: string, things: readonly string[]): Promise<{ readonly thing: string; readonly poolId: string } | null>
  /** The right to make a pool of this tenant, so that no two are named alike; null: others had it all the while. */
  lockNaming(tenant: string | null, waitMs: number): Promise<Lease | null>
  /** The right to end a pool, for a minute; null: another bot has it. */
  claimEnd(poolId: string): Promise<Lease | null>
  /** Forgets a pool: its state, samples, keys and records. Charts stay, as cards in the channel show them. */
  remove(poolId: string): Promise<void>
  journal(poolId: string, count: number): Promise<readonly JournalEntry[]>
  decisions(poolId: string, count: number): Promise<readonly Decision[]>
}

const JOURNAL_LENGTH = 1000
const DECISIONS_LENGTH = 1000
/** Longer than any tick; a bot that stalls past it finds its commit refused. Shorter than commands wait, so that they outwait a crashed bot. */
const LOCK_TTL_MS = 4000
/** Longer than giving up an account takes. */
const ENDING_TTL_MS = 60_000

/**
 * Guards first, then writes; KEYS: state, lock, journal, decisions. ARGV: the guard, then fields to set with their values,
 * fields to delete, lines for the journal, decisions, each list after how many it has. An operation is not carried on in
 * times that `take` has yet to put right.
 */
const COMMIT = `
local guard = cjson.decode(ARGV[1])
if guard.kind == 'lease' then
  if redis.call('GET', KEYS[2]) ~= guard.token then return 0 end
else
  local now = redis.call('HGET', KEYS[1], guard.field)
  if not now or cjson.decode(now).version ~= guard.version then return 0 end
  local clock = redis.call('HGET', KEYS[1], 'clock')
  if clock and guard.steps and tonumber(clock) ~= guard.steps then return 0 end
end
local at = 2
local function rest()
  local from = at + 1
  at = from + tonumber(ARGV[at])
  return {unpack(ARGV, from, at - 1)}
end
local function write(command, list)
  if #list > 0 then redis.call(command, KEYS[1], unpack(list)) end
end
write('HSET', rest())
write('HDEL', rest())
local function push(key, list, length)
  if #list == 0 then return end
  redis.call('LPUSH', key, unpack(list))
  redis.call('LTRIM', key, 0, length - 1)
end
push(KEYS[3], rest(), ${JOURNAL_LENGTH})
push(KEYS[4], rest(), ${DECISIONS_LENGTH})
return 1`

/** KEYS: state, lock. ARGV: token, then field, what it was, what it is to be, …; all of it or nothing. */
const PUT_RIGHT = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return -1 end
for i = 2, #ARGV, 3 do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then return 0 end
end
for i = 2, #ARGV, 3 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2]) end
return 1`

/** KEYS: claims. ARGV: pool, things. What another has of them, with its id, and then nothing is kept; whatever else the pool had is free again. */
const CLAIM = `
for i = 2, #ARGV do
  local owner = redis.call('HGET', KEYS[1], ARGV[i])
  if owner and owner ~= ARGV[1] then return {ARGV[i], owner} end
end
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i + 1] == ARGV[1] then redis.call('HDEL', KEYS[1], all[i]) end
end
for i = 2, #ARGV do redis.call('HSET', KEYS[1], ARGV[i], ARGV[1]) end
return {}`

/** KEYS: claims. ARGV: thing, the pool that it is of. */
const LET_GO = `
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end`

/** Pools, their members and everything in flight, in one Redis hash per pool; how it lies there: `core/pool/state.ts`. */
export function createPoolStore(redis: Redis, clock?: Pick<Clock, 'now' | 'steps'>): PoolStore {
  const reader = createStateReader(clock)
  const read = async (poolId: string): Promise<Read & { readonly fields: Readonly<Record<string, string>> }> => {
    const fields = await redis.hgetall(keys.state(poolId))
    return { fields, ...reader.read(poolId, fields) }
  }
  const load: PoolStore['load'] = async (poolId) => (await read(poolId)).state
  const take: PoolStore['take'] = async (poolId, lease) => {
    for (;;) {
      const { fields, state, moved } = await read(poolId)
      if (moved.size === 0) return state
      const writes = [...moved].flatMap(([field, text]) => [field, fields[field] ?? '', text])
      const written = await redis.eval(PUT_RIGHT, 2, keys.state(poolId), keys.lock(poolId), lease.token, ...writes)
      // An operation goes on without the lock; one that lost that finds out when it commits.
      if (written !== 0) return state
    }
  }
  const commit: PoolStore['commit'] = async (poolId, guarded, { change, journal = [], decisions = [] }) => {
    const documents = [...documentsOf(change)]
    const set = documents.flatMap(([field, document]) => (document === null ? [] : [field, JSON.stringify(document)]))
    const gone = documents.flatMap(([field, document]) => (document === null ? [field] : []))
    const held =
      guarded.kind === 'lease'
        ? { kind: 'lease', token: guarded.lease.token }
        : {
            kind: 'operation',
            field: `operation:${guarded.id}`,
            version: guarded.version,
            steps: clock?.steps(),
          }
    const written = await redis.eval(
      COMMIT,
      4,
      keys.state(poolId),
      keys.lock(poolId),
      keys.journal(poolId),
      keys.decisions(poolId),
      JSON.stringify(held),
      ...[set, gone, texts(journal), texts(decisions)].flatMap((list) => [list.length, ...list]),
    )
    return written === 1
  }
  const create: PoolStore['create'] = async (pool) => {
    const made = await redis.hsetnx(keys.state(pool.id), 'pool', JSON.stringify(pool))
    await redis.sadd(keys.pools, pool.id)
    await redis.sadd(keys.poolsOf(pool.tenant ?? ''), pool.id)
    return made === 1
  }
  const poolAt = async (poolId: string): Promise<Pool | null> => {
    const text = await redis.hget(keys.state(poolId), 'pool')
    return text === null ? null : (JSON.parse(text) as Pool)
  }
  const whose: PoolStore['whose'] = async (poolId) => {
    const pool = await poolAt(poolId)
    if (pool === null) return null
    const { id, name, tenant = null } = pool
    return { tenant, pool: { id, name, named: (await redis.scard(keys.poolsOf(tenant ?? ''))) > 1 } }
  }
  const claim: PoolStore['claim'] = async (poolId, things) => {
    for (;;) {
      const [thing, owner] = (await redis.eval(CLAIM, 1, keys.claims, poolId, ...things)) as string[]
      if (thing === undefined || owner === undefined) return null
      if ((await poolAt(owner)) !== null) return { thing, poolId: owner }
      // Of one that is gone nothing is kept.
      await redis.eval(LET_GO, 1, keys.claims, thing, owner)
    }
  }
  const remove: PoolStore['remove'] = async (poolId) => {
    // The list first: a crash in between leaves keys that nobody looks at, and never a pool without its state.
    const pool = await poolAt(poolId)
    await redis.srem(keys.pools, poolId)
    if (pool !== null) await redis.srem(keys.poolsOf(pool.tenant ?? ''), poolId)
    await redis.unlink(keys.state(poolId))
    const claims = Object.entries(await redis.hgetall(keys.claims)).filter(([, owner]) => owner === poolId)
    if (claims.length > 0) await redis.hdel(keys.claims, ...claims.map(([thing]) => thing))
    // A pool may be called `audit`, and what everybody did is not its.
    const kept = new Set([keys.ending(poolId), keys.auditHead, keys.auditEntries, keys.auditOpen])
    for await (const found of redis.scanStream({ match: `spinup:{${poolId}}:*`, count: 500 })) {
      const gone = (found as string[]).filter((key) => !key.startsWith(keys.charts(poolId, '')) && !kept.has(key))
      if (gone.length > 0) await redis.unlink(...gone)
    }
  }
  return {
    list: guard('list the pools', async () => (await redis.smembers(keys.pools)).toSorted()),
    of: guard('list the pools', async (tenant: string | null) =>
      (await redis.smembers(keys.poolsOf(tenant ?? ''))).toSorted(),
    ),
    whose: guard('find whose pool it is', whose),
    load: guard('read the pool', load),
    last: reader.last,
    lastTickAt: guard('read the pool', async (poolId: string) =>
      Number((await redis.hget(keys.state(poolId), 'lastTickAt')) ?? 0),
    ),
    take: guard('read the pool', take),
    create: guard('save the pool', create),
    commit: guard('save the pool', commit),
    lock: guard('lock the pool', (poolId: string, waitMs: number) =>
      acquireLease(redis, keys.lock(poolId), { ttlMs: LOCK_TTL_MS, waitMs }),
    ),
    claim: guard('save what belongs to the pool', claim),
    lockNaming: guard('name the pool', (tenant: string | null, waitMs: number) =>
      acquireLease(redis, keys.naming(tenant ?? ''), { ttlMs: LOCK_TTL_MS, waitMs }),
    ),
    claimEnd: guard('lock the pool', (poolId: string) =>
      acquireLease(redis, keys.ending(poolId), { ttlMs: ENDING_TTL_MS, waitMs: 0 }),
    ),
    remove: guard('forget the pool', remove),
    journal: guard('read the history', async (poolId: string, count: number) =>
      parseAll<JournalEntry>(await redis.lrange(keys.journal(poolId), 0, count - 1)),
    ),
    decisions: guard('read the decisions', async (poolId: string, count: number) =>
      parseAll<Decision>(await redis.lrange(keys.decisions(poolId), 0, count - 1)),
    ),
  }
}

function texts(records: readonly object[]): readonly string[] {
  return records.map((record) => JSON.stringify(record))
}

/** Written by `commit` alone, so the shape is ours. */
function parseAll<T>(lines: readonly string[]): readonly T[] {
  return lines.map((line) => JSON.parse(line) as T)
}
