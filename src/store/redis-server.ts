import type { ChildProcess } from 'node:child_process'
import { createConnection } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { access, chmod, constants, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { CLIENT_PREFIX, connectRedis, whenReady } from './connection.ts'
import { ensureRedisProgram, findRedisProgram } from './install-redis.ts'
import { ask, endChild, endStray, launch, untilLoaded, type RedisPlace } from './redis-process.ts'
import { withStartLock } from './start-lock.ts'

/** Spinup's own Redis, on a unix socket in its data folder. */
export interface RedisServer {
  /** The unix socket. */
  readonly path: string
  /** Whether this process started it; false: one that was already running was taken over. */
  readonly owned: boolean
  /** Lets go of it, and shuts it down unless another Spinup uses it. Close your own clients first. */
  stop(): Promise<void>
}

export interface RedisServerOptions {
  readonly dataDir: string
  readonly log?: Logger
  /** Whether a missing program may be installed with the host's package manager. */
  readonly install?: boolean
  /** Called with one plain line when something is installed. */
  readonly say?: (line: string) => void
  /** Whether it survives a Ctrl-C meant for this process; true unless given. */
  readonly detached?: boolean
  /** Where programs are looked for; the process's PATH unless given. */
  readonly programPath?: string
}

/**
 * Takes over the server that answers in the data folder, or starts one, and keeps it running until `stop`: one that
 * dies is started again and loads its append-only file. Throws `configuration` (folder), `missingProgram` (absent or
 * too old) or `storeFailed` (it will not start).
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const { log } = options
  const place = await makePlace(options.dataDir)
  let child: ChildProcess | null = null
  const state = { stopping: false }
  let reviving: Promise<void> | null = null

  /** Answers whether it started one itself. */
  const raise = async (): Promise<boolean> => {
    const started = await withStartLock(join(place.folder, 'start.lock'), async () => {
      if (state.stopping || (await ask(place.socket)) !== 'absent') return null
      const program = await programOf(options)
      if (await endStray(place)) log?.warn('ended a redis server that was cut off from its socket')
      return launch(program, place, options.detached ?? true)
    })
    if (started !== null) {
      child = started
      log?.info({ process: started.pid, socket: place.socket }, 'redis started')
      started.once('exit', (code, signal) => {
        if (child === started) child = null
        if (!state.stopping) log?.warn({ code, signal }, 'redis died; starting it again')
        void revive()
      })
    }
    if (!state.stopping) await untilLoaded(place, (seconds) => log?.info({ seconds }, 'redis is loading its data'))
    return started !== null
  }

  const revive = (): Promise<void> => {
    if (state.stopping) return Promise.resolve()
    reviving ??= (async () => {
      for (let waitMs = 100; !state.stopping; waitMs = Math.min(waitMs * 2, 5_000)) {
        try {
          await raise()
          break
        } catch (error) {
          log?.error({ err: error }, 'redis does not start; trying again')
          await pause(waitMs)
        }
      }
      reviving = null
    })()
    return reviving
  }

  const owned = await raise()
  if (!owned) log?.info({ socket: place.socket }, 'redis was already running')
  const control = connectRedis({ path: place.socket }, { name: 'server', ...(log && { log }) })
  // An adopted server is not our child: its going shows only here.
  control.on('close', () => void revive())
  const close = async (): Promise<boolean> => {
    state.stopping = true
    await reviving
    const shared = await isShared(control, log)
    control.disconnect()
    if (!shared) await shutDown(place, child)
    return shared
  }
  try {
    await whenReady(control)
  } catch (error) {
    await close()
    throw error
  }

  let stopped: Promise<void> | null = null
  const stop = async (): Promise<void> => {
    const shared = await close()
    log?.info(shared ? 'left redis to another Spinup' : 'redis stopped')
  }
  return { path: place.socket, owned, stop: () => (stopped ??= stop()) }
}

async function programOf(options: RedisServerOptions): Promise<string> {
  const look = {
    ...(options.log && { log: options.log }),
    ...(options.say && { say: options.say }),
    ...(options.programPath !== undefined && { path: options.programPath }),
  }
  const found = await findRedisProgram(look)
  if (found !== null) return found.file
  if (options.install === true) return (await ensureRedisProgram(look)).file
  throw new SpinupError(
    'missingProgram',
    'Spinup needs redis-server 7 or newer (or valkey-server 8 or newer) and finds none on the PATH. Install it, or set REDIS_URL to a server you already have.',
  )
}

/**
 * Whether a second bot works on this data folder. Each keeps one `spinup-server-…` connection; ours is renamed first,
 * so that of two bots that stop together at least one sees itself alone.
 */
async function isShared(control: Redis, log: Logger | undefined): Promise<boolean> {
  try {
    await control.client('SETNAME', `leaving-${process.pid}`)
    const list = String(await control.client('LIST'))
    const names = list.split('\n').map((line) => /(?:^| )name=(\S*)/.exec(line)?.[1] ?? '')
    return names.some(
      (name) =>
        name.startsWith(`${CLIENT_PREFIX}server-`) ||
        (name.startsWith(CLIENT_PREFIX) && !name.endsWith(`-${process.pid}`)),
    )
  } catch (error) {
    log?.debug({ reason: messageOf(error) }, 'redis did not say who else uses it')
    return false
  }
}

async function shutDown(place: RedisPlace, child: ChildProcess | null): Promise<void> {
  // The answer to SHUTDOWN is the end of the connection: a client would wait for another, and keep this process alive.
  const connection = createConnection(place.socket, () => connection.write('SHUTDOWN NOSAVE\r\n'))
  connection.on('error', () => undefined).resume()
  const deadline = performance.now() + 10_000
  while ((await ask(place.socket)) !== 'absent' && performance.now() < deadline) await pause(10)
  if (child !== null) await endChild(child, 5_000)
  else await endStray(place)
  await tidyPlace(place)
}

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
async function tidyPlace(place: RedisPlace): Promise<void> {
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
