import { randomUUID } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Redis } from 'ioredis'
import { pino } from 'pino'
import { givenEnvironment } from '../config/env-file.ts'
import { readConfig, type Config } from '../config/read-config.ts'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { plural } from '../core/model/words.ts'
import { VERSION } from '../places.ts'
import { findSecret } from '../secret.ts'
import { openStorage } from '../storage.ts'
import { openBackup, writeBackup, type BackupKeys } from '../store/backup/backup.ts'
import type { Contents } from '../store/backup/contents.ts'

/** What is known here of a bot. */
export interface Kept {
  readonly config: Config
  readonly keys: BackupKeys
}

/** Changes nothing, and makes no data folder where there is none. */
export async function readKept(): Promise<Kept> {
  const config = readConfig(givenEnvironment(process.env).env)
  const secret = await findSecret(config.secret, config.dataDir)
  return { config, keys: { secret, passphrase: config.backupPassphrase } }
}

/** Throws `configuration` where the Redis would be one of its own in a folder in which no bot has run. */
export function refuseNowhere({ dataDir, redisUrl }: Config): void {
  if (redisUrl === null && !existsSync(dataDir)) throw nothingIn(dataDir, 'there is no such folder')
}

export function nothingIn(dataDir: string, why: string): SpinupError {
  return new SpinupError(
    'configuration',
    `${why}: no bot has run in ${dataDir}. Set SPINUP_DATA_DIR or SPINUP_SECRET as the bot has it, or SPINUP_BACKUP_PASSPHRASE.`,
  )
}

/** Aborts when this process is asked to end, for the first time; the second ends it. */
export function untilAskedToEnd(): AbortSignal {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort())
  return stopping.signal
}

/** Opens the Redis of the configuration, starting Spinup's own where it does not run; closed again afterwards. */
export async function withRedis(config: Config, work: (redis: Redis) => Promise<void>): Promise<void> {
  const storage = await openStorage(config, pino({ level: 'error' }, pino.destination(2)))
  try {
    await work(storage.redis)
  } finally {
    await storage.close()
  }
}

/**
 * Writes a backup to a file that only its owner reads; under another name until it was read again and found whole, so that
 * what is there under the right one always is. Throws `badInput` where something is there already, unless `force`.
 */
export async function writeBackupFile(
  { keys, redis }: { readonly keys: BackupKeys; readonly redis: Redis },
  file: string,
  { force, signal }: { readonly force: boolean; readonly signal?: AbortSignal },
): Promise<{ readonly contents: Contents; readonly bytes: number }> {
  await refuseExisting(file, force)
  const draft = join(dirname(file), `.${basename(file)}.${randomUUID()}`)
  try {
    const into = createWriteStream(draft, { mode: 0o600, flags: 'wx', flush: true })
    await writeBackup(redis, into, { keys, spinup: VERSION, now: Date.now(), ...(signal && { signal }) })
    const { contents } = await openBackup(draft, keys, VERSION)
    const { size } = await stat(draft)
    await refuseExisting(file, force)
    await rename(draft, file)
    return { contents, bytes: size }
  } catch (error) {
    if (error instanceof SpinupError) throw error
    const why = signal?.aborted === true ? 'it was stopped' : messageOf(error)
    throw new SpinupError('badInput', `${file} was not written: ${why}.`, { cause: error })
  } finally {
    await rm(draft, { force: true })
  }
}

async function refuseExisting(file: string, force: boolean): Promise<void> {
  const there = await stat(file).catch(() => null)
  if (there === null || (force && there.isFile())) return
  throw new SpinupError(
    'badInput',
    there.isFile()
      ? `${file} is there already; --force writes over it.`
      : `${file} is no file. It takes the name of one, or - for standard output.`,
  )
}

/** `2 pools (api, web), 14 secrets, …`; the sealed size where it is known. */
export function inWords(contents: Contents): string {
  const { pools, secrets, history, tokens, people, keys, bytes } = contents
  const parts = [
    pools.length === 0 ? 'no pool' : `${plural(pools.length, 'pool')} (${pools.join(', ')})`,
    `${plural(secrets, 'sealed token')} of accounts and chats`,
    ...(tokens > 0 ? [plural(tokens, 'API token')] : []),
    ...(people > 0 ? [`${plural(people, 'sign-in')} to the console`] : []),
    `${history} ${history === 1 ? 'entry' : 'entries'} of history`,
    `statistics, cards and the rest: ${plural(keys, 'key')}, ${size(bytes)}`,
  ]
  return parts.join(', ')
}

/** `1.2 MB`. */
export function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1000))} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

/** An instant as it is written beside a backup. */
export const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
