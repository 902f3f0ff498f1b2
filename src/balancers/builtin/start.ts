import { spawn } from 'node:child_process'
import { mkdir, open, rename, writeFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { addressHere } from '../../core/model/address.ts'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import { filesIn, PROTOCOL, wordSchema, type Config, type Running } from './process/config.ts'
import { findRunning, ping, stopRunning } from './running.ts'
import { program } from '../../places.ts'

const START_MS = 15_000
/** How soon its death is noticed. */
const WATCH_MS = 100
const MAX_BACKOFF_MS = 10_000

export interface BuiltinBalancerOptions {
  /** Its own folder: configuration, member set, log. One balancer per folder. */
  readonly dir: string
  /** Where visitors connect; port 0 takes a free one. */
  readonly host: string
  readonly port: number
  /** Loopback port of the control plane; a free one unless given. */
  readonly controlPort?: number
  /** Guards the control plane. */
  readonly key: string
  /** Path that a healthy member answers 2xx on. */
  readonly healthPath: string
  /** Proxies before it that are believed about where a request came from, as `SPINUP_TRUST_PROXY` has them; none unless given. */
  readonly proxies?: string | null
  readonly log?: Logger
}

/** A balancer process that is looked after. */
export interface BuiltinBalancerProcess {
  /** Where visitors reach it, from this machine. */
  readonly url: string
  /** Base URL of the control plane, for `createBuiltinBalancer`. */
  readonly control: string
  /** Its process id now; changes when it is restarted. */
  pid(): number
  /** Ends the process, after what is under way (at most 5 s). */
  stop(): Promise<void>
  /** Leaves it running, to be adopted by the next `startBuiltinBalancer` with the same folder. */
  release(): void
}

/**
 * Starts the balancer in a process of its own, or adopts the live one of this folder (replacing it if it was started with
 * other options), and restarts it whenever it ends until `stop` or `release`. Throws `SpinupError` `configuration` when a
 * port is taken and `balancerFailed` when the process does not come up.
 */
export async function startBuiltinBalancer(options: BuiltinBalancerOptions): Promise<BuiltinBalancerProcess> {
  const { dir, log } = options
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const { host, port, key, healthPath, controlPort = 0, proxies = null } = options
  let config: Config = { host, port, controlPort, key, healthPath, proxies }

  let running = await adopt(dir, config, log)
  if (running === null) {
    try {
      running = await launch(dir, config)
      log?.info({ process: running.pid, port: running.port }, 'balancer started')
    } catch (error) {
      // Another bot may have been quicker: then the port is taken by the very balancer that is wanted.
      running = await adopt(dir, config, log)
      if (running === null) throw error
    }
  }
  let current = running
  // From now on the ports are known to others, so a restart must take the same.
  config = { ...config, port: running.port, controlPort: running.controlPort }

  let watching = true
  let timer: NodeJS.Timeout | undefined
  let backoffMs = WATCH_MS
  let watched: Promise<void> = Promise.resolve()

  const watch = async () => {
    let answer = await ping(current, key)
    // Asked again on a new connection: a kept one that was closed is no proof.
    if (answer === 'refused') answer = await ping(current, key)
    // Silence is not death: a busy process would be made worse by a second one.
    if (answer === 'silent' || !watching) return
    if (answer !== 'refused') {
      current = answer
      backoffMs = WATCH_MS
      return
    }
    log?.warn({ process: current.pid }, 'balancer process ended; starting it again')
    try {
      current = await launch(dir, config)
      backoffMs = WATCH_MS
      log?.info({ process: current.pid, port: current.port }, 'balancer restarted')
    } catch (error) {
      backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS)
      log?.error({ error: messageOf(error) }, 'balancer did not restart')
    }
  }
  const again = () => {
    if (!watching) return
    timer = setTimeout(() => (watched = watch().then(again)), backoffMs)
    timer.unref()
  }
  again()
  const release = () => {
    watching = false
    clearTimeout(timer)
  }

  return {
    url: addressHere(host, running.port),
    control: `http://127.0.0.1:${running.controlPort}`,
    pid: () => current.pid,
    async stop() {
      release()
      await watched
      await stopRunning(current, key)
    },
    release,
  }
}

/** The live process of `dir`, if it was started with these options; one with other options is ended. */
async function adopt(dir: string, config: Config, log: Logger | undefined): Promise<Running | null> {
  const found = await findRunning(dir)
  if (found === null) return null
  if (fits(found.running, found.config, config)) {
    log?.info({ process: found.running.pid, port: found.running.port }, 'balancer adopted')
    return found.running
  }
  await stopRunning(found.running, found.config.key)
  return null
}

function fits(running: Running, was: Config, is: Config): boolean {
  return (
    running.protocol === PROTOCOL &&
    running.host === is.host &&
    (is.port === 0 || running.port === is.port) &&
    (is.controlPort === 0 || running.controlPort === is.controlPort) &&
    running.healthPath === is.healthPath &&
    was.key === is.key &&
    was.proxies === is.proxies
  )
}

async function launch(dir: string, config: Config): Promise<Running> {
  const files = filesIn(dir)
  await writeFile(`${files.config}.new`, JSON.stringify(config), { mode: 0o600 })
  await rename(`${files.config}.new`, files.config)
  const output = await open(files.log, 'a', 0o600)
  // No environment: the bot's holds tokens that this process has no use for.
  // What the bot had to load first (a tracer, a proxy), its balancer has to, too.
  const preloads = process.execArgv.filter((flag) => flag.startsWith('--import='))
  const child = spawn(process.execPath, [...preloads, program('src/balancers/builtin/process/main.ts'), dir], {
    cwd: dir,
    detached: true,
    env: {},
    stdio: ['ignore', output.fd, output.fd, 'ipc'],
  })
  try {
    return await new Promise<Running>((resolve, reject) => {
      const fail = (text: string) =>
        reject(new SpinupError('balancerFailed', `The balancer did not start: ${text}. See ${files.log}.`))
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        fail(`no answer from it in ${START_MS / 1000} s`)
      }, START_MS)
      child.once('error', (error) => fail(error.message))
      child.once('exit', (code, signal) => {
        clearTimeout(timer)
        fail(`it ended with ${signal ?? code}`)
      })
      child.once('message', (message) => {
        clearTimeout(timer)
        const word = wordSchema.safeParse(message).data
        if (word === undefined) return fail('it said something unknown')
        if ('running' in word) return resolve(word.running)
        if (word.code !== 'EADDRINUSE' && word.code !== 'EACCES') return fail(word.failed)
        const what =
          word.code === 'EACCES'
            ? 'needs special rights: set SPINUP_BALANCER_PORT to one above 1023, for example 8081.'
            : `is taken by another program: set SPINUP_BALANCER_PORT to a free one (for example ${config.port + 10}), or stop that program.`
        reject(new SpinupError('configuration', `The balancer’s port ${config.port} ${what}`))
      })
    })
  } finally {
    await output.close()
    if (child.connected) child.disconnect()
    child.unref()
  }
}
