import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createConsoleClient, type ConsoleClient } from '../../src/cli/console-client.ts'
import { stopLeftovers } from '../../src/cli/leftovers.ts'
import { startBackedDigitalOcean, type BackedDigitalOcean, type BackedOptions } from '../../src/demo/cloud/backed.ts'
import { PRELOAD } from '../../src/demo/cloud/cloud.ts'
import { startRedisServer } from '../../src/store/redis-server.ts'

export type LogLine = Readonly<Record<string, unknown>>

/** The real bot in a process of its own. */
export interface BotProcess {
  readonly url: string
  readonly balancerUrl: string
  readonly client: ConsoleClient
  readonly log: readonly LogLine[]
  /** Called with each log line as it is written. */
  onLog(listener: (line: LogLine) => void): void
  kill(): Promise<void>
  stop(): Promise<void>
}

/** A folder in which bots come and go, and what outlives them. */
export interface Site {
  readonly dataDir: string
  /** The account that its bots have, with the origin running. Throws where the site was made without. */
  readonly cloud: BackedDigitalOcean
  /** `program`: another than the site's own. */
  start(env?: Readonly<Record<string, string>>, program?: string): Promise<BotProcess>
  stopBots(): Promise<void>
  /** Ends everything that runs in it and removes it. */
  clear(): Promise<void>
}

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const APP = join(import.meta.dirname, 'app')

/** What a bot keeps of this environment: loading TypeScript is most of its start, and the cache spares half of that. */
const KEPT = Object.fromEntries(
  ['PATH', 'HOME', 'NODE_COMPILE_CACHE'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  }),
)

/** Fast settings, so that a scenario is seconds; the bot, Redis, agents, droplets and balancer are the real ones. */
const FAST = {
  SPINUP_BALANCER_PORT: '0',
  SPINUP_TAKEOVER: '1500ms',
  DIGITALOCEAN_POLL: '200ms',
  DIGITALOCEAN_PATIENCE: '0.1',
}

const DROPLET = {
  appDir: APP,
  originName: 'web',
  healthPath: '/health',
  vcpus: 0.3,
  bootMs: 500,
  snapshotMs: 300,
}

/** `droplet`: what differs of the account's origin; null: its bots have no account of the environment. */
export async function createSite(droplet: Partial<BackedOptions> | null = {}, main = MAIN): Promise<Site> {
  const dataDir = await mkdtemp(join(tmpdir(), 'spinup-site-'))
  const cloud =
    droplet === null ? null : await startBackedDigitalOcean({ ...DROPLET, dir: join(dataDir, 'cloud'), ...droplet })
  const account: Readonly<Record<string, string>> =
    cloud === null ? {} : { DIGITALOCEAN_API_URL: cloud.url, DIGITALOCEAN_TOKEN: cloud.token }
  const running = new Set<BotProcess>()
  // Agents know the bot by its address, so whoever is started after a crash takes the same one.
  let port = '0'
  const stopBots = async (): Promise<void> => {
    for (const bot of running) await bot.stop()
  }
  return {
    dataDir,
    get cloud() {
      if (cloud === null) throw new Error('this site was made without an account')
      return cloud
    },
    start: async (env = {}, program = main) => {
      const bot = await startProcess(program, {
        ...FAST,
        ...account,
        SPINUP_DATA_DIR: dataDir,
        SPINUP_PORT: port,
        ...env,
      })
      running.add(bot)
      if (env['SPINUP_PORT'] === undefined) port = new URL(bot.url).port
      return bot
    },
    stopBots,
    clear: async () => {
      await stopBots()
      await stopLeftovers(dataDir)
      await cloud?.stop()
      await (await startRedisServer({ dataDir })).stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function startProcess(main: string, env: Readonly<Record<string, string>>): Promise<BotProcess> {
  const child = spawn(process.execPath, [PRELOAD, main], {
    env: { ...KEPT, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const log: LogLine[] = []
  const plain: string[] = []
  const listeners = new Set<(line: LogLine) => void>()
  createInterface({ input: child.stderr! }).on('line', (text) => {
    const line = parseLine(text)
    if (line === null) {
      plain.push(text)
      return
    }
    log.push(line)
    for (const listener of listeners) listener(line)
  })
  const told = await Promise.race([
    once(child, 'message').then(([message]) => message as { url: string; balancerUrl: string }),
    once(child, 'exit').then(([code]) => Number(code)),
  ])
  if (typeof told === 'number') throw new BotRefused(told, plain.join('\n'))
  return {
    ...told,
    client: createConsoleClient(told.url, 'Ada'),
    log,
    onLog: (listener) => listeners.add(listener),
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  }
}

/** The bot ended instead of starting; the message is what it printed. */
export class BotRefused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

function parseLine(text: string): LogLine | null {
  try {
    return JSON.parse(text) as LogLine
  } catch {
    return null
  }
}
