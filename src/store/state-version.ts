import type { Redis } from 'ioredis'
import { SpinupError } from '../core/model/error.ts'
import { guard } from './guard.ts'
import { keys, PREFIX } from './keys.ts'
import { acquireLease } from './lock.ts'

/**
 * A step of the state's form, from `to - 1` to `to`. During an upgrade bots of both versions work on one Redis, so a step
 * only adds what the version before does not mind; what is not needed any more goes in a later version's step. It may be
 * cut short, or meet what is done already: run again, it comes to the same.
 */
export interface Migration {
  readonly to: number
  /** In words, for the log. */
  readonly what: string
  run(redis: Redis): Promise<void>
}

/** Every step since versions are kept; a state without a version is of version 1, unless there is none yet. */
export const MIGRATIONS: readonly Migration[] = [
  {
    to: 2,
    what: 'each team’s pools are in a list of their own',
    run: async (redis) => {
      for (const poolId of await redis.smembers(keys.pools)) {
        const text = await redis.hget(keys.state(poolId), 'pool')
        if (text === null) continue
        const { tenant } = JSON.parse(text) as { readonly tenant?: string | null }
        await redis.sadd(keys.poolsOf(tenant ?? ''), poolId)
      }
    },
  },
]

/** What this Spinup's state is, and the newest it reads. */
export const STATE_VERSION = MIGRATIONS.at(-1)?.to ?? 1

/** Which form a state has, and the Spinup that gave it that; null: it is older than that was kept. */
export interface StateVersion {
  readonly version: number
  readonly by: string | null
}

/** Longer than a step takes. */
const LEASE_MS = 60_000

/**
 * Brings the state to the form that this Spinup (`by`: its version) works with, one step after the other and in one bot at
 * a time; older bots may go on running meanwhile. Throws `configuration` where the state is newer, or a backup was put
 * back only in part, and then nothing was changed.
 */
export async function openState(
  redis: Redis,
  by: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly Migration[]> {
  await refuseHalf(redis)
  const newest = migrations.at(-1)?.to ?? 1
  const look = async (): Promise<StateVersion> => {
    const stored = await readStateVersion(redis)
    refuseNewer(stored, by, newest, 'The state in Redis')
    return stored
  }
  if (isOf(await look(), newest)) return []
  const lease = await acquireLease(redis, `${keys.stateVersion}:lock`, { ttlMs: LEASE_MS, waitMs: 2 * LEASE_MS })
  if (lease === null) throw new SpinupError('timeout', 'Another Spinup keeps changing the state; start again.')
  const renewal = setInterval(() => void lease.renew().catch(() => undefined), LEASE_MS / 4)
  try {
    const stored = await look()
    if (isOf(stored, newest)) return []
    const isNew = stored.by === null && !(await holdsAnything(redis))
    const due = isNew ? [] : migrations.filter(({ to }) => to > stored.version)
    for (const { to, run } of due) {
      await guard(`be brought to version ${to} of the state`, run)(redis)
      await writeStateVersion(redis, { version: to, by })
    }
    if (due.length === 0) await writeStateVersion(redis, { version: newest, by })
    return due
  } finally {
    clearInterval(renewal)
    await lease.release()
  }
}

const isOf = ({ version, by }: StateVersion, newest: number): boolean => by !== null && version === newest

/** Throws `configuration` where `stored` is newer than `newest`, what the Spinup `by` reads; `what` begins the sentence. */
export function refuseNewer(stored: StateVersion, by: string, newest: number, what: string): void {
  if (stored.version <= newest) return
  const whose = stored.by === null ? 'a newer Spinup' : `Spinup ${stored.by}`
  throw new SpinupError(
    'configuration',
    `${what} is of version ${stored.version}, by ${whose}; this is Spinup ${by}, which knows versions up to ${newest}. Nothing was changed. Install ${stored.by ?? 'that one'} or later, or put back a backup from before (spinup restore).`,
  )
}

/** Of the state in Redis. */
export const readStateVersion = guard(
  'say which version its state has',
  async (redis: Redis): Promise<StateVersion> => {
    const { version = '1', by = null } = await redis.hgetall(keys.stateVersion)
    return { version: Number(version), by }
  },
)

/** As its fields in Redis say. */
export function stateVersionOf({ version = '1', by }: Readonly<Record<string, string>>): StateVersion {
  return { version: Number(version), by: by ?? null }
}

const writeStateVersion = guard(
  'save the version of its state',
  async (redis: Redis, { version, by }: StateVersion) => {
    await redis.hset(keys.stateVersion, { version, by: by ?? '' })
  },
)

/** Whether there is anything of Spinup's in it, but for what it needs to look. */
export const holdsAnything = guard('say whether it is empty', async (redis: Redis): Promise<boolean> => {
  const passing = new Set([keys.restoring, `${keys.stateVersion}:lock`])
  for await (const found of redis.scanStream({ match: `${PREFIX}*`, count: 500 })) {
    if ((found as readonly string[]).some((key) => !passing.has(key))) return true
  }
  return false
})

/** Throws `configuration` while a backup is being put back, or was only in part. */
export async function refuseHalf(redis: Redis): Promise<void> {
  const since = await guard('say whether it is whole', () => redis.get(keys.restoring))()
  if (since === null) return
  throw new SpinupError(
    'configuration',
    `A backup is being put back into this Redis (${since}), or was only in part. Wait for it to end, or run it again with --replace: spinup restore FILE --replace`,
  )
}
