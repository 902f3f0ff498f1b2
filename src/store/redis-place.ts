import { access, chmod, constants, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { messageOf, SpinupError } from '../core/model/error.ts'
import type { RedisPlace } from './redis-process.ts'

/** Unix socket paths end at 104 bytes on macOS and 108 on Linux, the closing zero included. */
const MAX_SOCKET_BYTES = 100

/**
 * Makes `DATADIR/redis` (mode 700) and says where the socket is: in it, or, where that path would be too long for a
 * socket, in a short private folder that `DATADIR/redis/socket-path` remembers. Throws `configuration` when it cannot
 * write there.
 */
export async function makePlace(dataDir: string): Promise<RedisPlace> {
  const folder = join(resolve(dataDir), 'redis')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return { folder, socket: await socketFor(folder) }
  } catch (error) {
    throw new SpinupError(
      'configuration',
      `Spinup cannot write to its data folder ${resolve(dataDir)} (${messageOf(error)}). Make it writable for this user, or point SPINUP_DATA_DIR at another folder.`,
      { cause: error },
    )
  }
}

/** Removes what is left of the socket after a shutdown, and the short folder it may have lived in. */
export async function tidyPlace(place: RedisPlace): Promise<void> {
  await rm(place.socket, { force: true })
  if (dirname(place.socket) === place.folder) return
  await rm(dirname(place.socket), { recursive: true, force: true })
  await rm(join(place.folder, 'socket-path'), { force: true })
}

async function socketFor(folder: string): Promise<string> {
  const plain = join(folder, 'redis.sock')
  if (Buffer.byteLength(plain) <= MAX_SOCKET_BYTES) return plain
  const record = join(folder, 'socket-path')
  const known = (await readFile(record, 'utf8').catch(() => '')).trim()
  if (known !== '' && (await isOurs(dirname(known)))) return known
  const base = Buffer.byteLength(tmpdir()) > MAX_SOCKET_BYTES - 30 ? '/tmp' : tmpdir()
  const short = join(await mkdtemp(join(base, 'spinup-')), 'redis.sock')
  await writeFile(record, short, { mode: 0o600 })
  return short
}

/** A folder that somebody else made in a shared temporary directory is not trusted with our socket. */
async function isOurs(folder: string): Promise<boolean> {
  const entry = await stat(folder).catch(() => null)
  return entry?.isDirectory() === true && entry.uid === process.getuid?.() && (entry.mode & 0o077) === 0
}
