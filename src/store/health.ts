import type { Redis } from 'ioredis'
import { guard } from './guard.ts'

/** How Redis does. */
export interface StoreHealth {
  /** e.g. `Redis 8.0.2` or `Valkey 8.1.0`. */
  readonly name: string
  readonly major: number
  readonly valkey: boolean
  /** The best of a few round trips, ms: how far it is, whatever else this machine is doing. */
  readonly latencyMs: number
  /** What survives its restart: every write, snapshots alone, or nothing. */
  readonly keeps: 'writes' | 'snapshots' | 'nothing'
  /** Its last attempt to write that down went wrong. */
  readonly writeFailed: boolean
  /** What it does when its memory is full; `noeviction` refuses writes instead of forgetting. */
  readonly whenFull: string
  /** The most memory it may take, and what it takes now, bytes; null: as much as there is. */
  readonly memory: { readonly most: number | null; readonly used: number }
}

const PINGS = 5
/** A round trip so short is one of a server nearby; where none is, this machine may be busy, and it is asked on, so long; ms. */
const NEAR_MS = 10
const PATIENCE_MS = 1500

/** Asks Redis how it does; throws `storeFailed`. Servers that tell less (managed ones) are taken at their best. */
export function readStoreHealth(redis: Redis): Promise<StoreHealth> {
  return guard('report its health', async (): Promise<StoreHealth> => {
    const startedAt = performance.now()
    let latencyMs = Infinity
    for (let pings = 0; pings < PINGS || latencyMs > NEAR_MS; pings++) {
      const askedAt = performance.now()
      if (pings >= PINGS && askedAt - startedAt > PATIENCE_MS) break
      await redis.ping()
      latencyMs = Math.min(latencyMs, performance.now() - askedAt)
    }
    const info = fieldsOf(await redis.info())
    const save = await settingOf(redis, 'save')
    const version = info.get('valkey_version') ?? info.get('redis_version') ?? ''
    const valkey = info.has('valkey_version')
    const appends = info.get('aof_enabled') === '1'
    const failed = ['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status']
    return {
      name: `${valkey ? 'Valkey' : 'Redis'} ${version}`,
      major: Number.parseInt(version, 10) || 0,
      valkey,
      latencyMs,
      keeps: appends ? 'writes' : save === '' ? 'nothing' : 'snapshots',
      writeFailed: failed.some((name) => (info.get(name) ?? 'ok') !== 'ok'),
      whenFull: info.get('maxmemory_policy') ?? 'noeviction',
      memory: { most: Number(info.get('maxmemory') ?? 0) || null, used: Number(info.get('used_memory') ?? 0) },
    }
  })()
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => /^\w+:/.test(line))
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const),
  )
}

/** null: the server does not say, as managed ones do not. */
async function settingOf(redis: Redis, name: string): Promise<string | null> {
  try {
    const answer: unknown = await redis.config('GET', name)
    return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null
  } catch {
    return null
  }
}
