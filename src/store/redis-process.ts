import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { SpinupError } from '../core/model/error.ts'
import { isAlive } from './start-lock.ts'

/** Where one private server keeps its things. */
export interface RedisPlace {
  /** Its working folder, mode 700: append-only files, log and pid. */
  readonly folder: string
  readonly socket: string
}

/** What a PING on the socket shows; `absent`: nobody listens there. */
export type Answer = 'ready' | 'loading' | 'mute' | 'absent'

const PING_MS = 1_000

/** Asks what listens on the socket, with a deadline of a second. Never throws. */
export function ask(socket: string): Promise<Answer> {
  return new Promise((resolve) => {
    const connection = createConnection(socket)
    let connected = false
    const finish = (answer: Answer): void => {
      clearTimeout(timer)
      connection.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => finish(connected ? 'mute' : 'absent'), PING_MS)
    connection.on('connect', () => {
      connected = true
      connection.write('PING\r\n')
    })
    connection.on('data', (data) => {
      const word = data.toString('latin1')
      finish(word.startsWith('+PONG') ? 'ready' : /^-(LOADING|BUSY)/.test(word) ? 'loading' : 'mute')
    })
    connection.on('error', () => finish(connected ? 'mute' : 'absent'))
    connection.on('close', () => finish(connected ? 'mute' : 'absent'))
  })
}

/**
 * Starts the program on the place and resolves once it listens (it may still be loading).
 * `detached`: in a process group of its own, as Ctrl-C in the terminal ends the bot, which still has things to save.
 * Throws `storeFailed` with the server's own last words when it exits instead.
 */
export async function launch(program: string, place: RedisPlace, detached: boolean): Promise<ChildProcess> {
  const child = spawn(program, settings(place), {
    cwd: place.folder,
    detached,
    stdio: 'ignore',
  })
  const fate: { end: string | null } = { end: null }
  child.once('error', (error) => (fate.end = error.message))
  child.once(
    'exit',
    (code, signal) => (fate.end = signal === null ? `it exited with code ${code}` : `killed by ${signal}`),
  )
  const deadline = performance.now() + 15_000
  while (fate.end === null && performance.now() < deadline) {
    const answer = await ask(place.socket)
    if (answer === 'ready' || answer === 'loading') {
      child.unref()
      return child
    }
    await pause(10)
  }
  child.kill('SIGKILL')
  const words = await lastWords(place)
  throw new SpinupError(
    'storeFailed',
    `Redis did not start in ${place.folder}: ${words ?? fate.end ?? 'it does not listen'}. Its log is redis.log there.`,
    { retryable: true },
  )
}

/** Waits out the loading of the data set; `loading` is called about once every five seconds. Throws `storeFailed`. */
export async function untilLoaded(place: RedisPlace, loading: (seconds: number) => void): Promise<void> {
  const startedAt = performance.now()
  let saidAtS = 0
  let silentSince: number | null = null
  for (;;) {
    const answer = await ask(place.socket)
    if (answer === 'ready') return
    silentSince = answer === 'loading' ? null : (silentSince ?? performance.now())
    if (silentSince !== null && performance.now() - silentSince > 15_000) break
    const seconds = Math.floor((performance.now() - startedAt) / 1_000)
    if (seconds >= saidAtS + 5) {
      saidAtS = seconds
      loading(seconds)
    }
    await pause(answer === 'loading' ? 50 : 10)
  }
  const words = await lastWords(place)
  throw new SpinupError(
    'storeFailed',
    `Redis in ${place.folder} stopped answering${words === null ? '' : `: ${words}`}.`,
    {
      retryable: true,
    },
  )
}

/** Ends a server of this place that runs but is cut off from its socket; a second one would write the same files. */
export async function endStray(place: RedisPlace): Promise<boolean> {
  const pid = Number.parseInt(await readFile(join(place.folder, 'redis.pid'), 'utf8').catch(() => ''), 10)
  if (!Number.isInteger(pid) || pid <= 1 || !(await isServerOf(pid, place))) return false
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(pid, signal)
    const deadline = performance.now() + 5_000
    while (performance.now() < deadline) {
      if (!(await isServerOf(pid, place))) return true
      await pause(20)
    }
  }
  return true
}

/** Sends SIGTERM, then SIGKILL after `graceMs`, and resolves when the child is gone. */
export async function endChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.ref()
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  child.kill('SIGTERM')
  await gone
  clearTimeout(timer)
}

/** The process title of a server names its socket, so a recycled process id is never taken for ours. */
async function isServerOf(pid: number, place: RedisPlace): Promise<boolean> {
  if (!isAlive(pid)) return false
  const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => titleFromPs(pid))
  return title.includes(place.socket)
}

function titleFromPs(pid: number): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    child.stdout.on('data', (data) => (text += String(data)))
    child.once('error', () => resolve(''))
    child.once('close', () => resolve(text))
  })
}

const GIB = 1024 ** 3

/** Half of this machine's memory, or of what its container may have, up to 4 GiB and no less than 256 MiB. */
function mostMemory(): number {
  const allowed = process.constrainedMemory()
  const all = allowed > 0 && allowed < totalmem() ? allowed : totalmem()
  return Math.round(Math.max(GIB / 4, Math.min(4 * GIB, all / 2)))
}

function settings(place: RedisPlace): readonly string[] {
  const pairs: Readonly<Record<string, string>> = {
    port: '0',
    unixsocket: place.socket,
    unixsocketperm: '700',
    dir: place.folder,
    pidfile: join(place.folder, 'redis.pid'),
    logfile: join(place.folder, 'redis.log'),
    loglevel: 'warning',
    daemonize: 'no',
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
    // A write cut short by a crash or a full disk loses its tail, never the start.
    'aof-load-truncated': 'yes',
    // Full, it refuses what is new and keeps what there is; without a bound this machine's other programs would go first.
    maxmemory: String(mostMemory()),
    'maxmemory-policy': 'noeviction',
  }
  return Object.entries(pairs).flatMap(([name, value]) => [`--${name}`, value])
}

async function lastWords(place: RedisPlace): Promise<string | null> {
  const text = await readFile(join(place.folder, 'redis.log'), 'utf8').catch(() => '')
  const line = text.trim().split('\n').at(-1) ?? ''
  return /^\d+:\w .*? [.\-*#] (.+)$/.exec(line)?.[1]?.replace(/\.$/, '') ?? null
}
