import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { stopLeftovers } from '../cli/leftovers.ts'
import { SpinupError } from '../core/model/error.ts'
import { startRedisServer } from '../store/redis-server.ts'
import { startDemoChats, type DemoChat, type DemoChats } from './chats.ts'
import { dropletsIn, startDemoCloud, type DemoCloud } from './cloud/cloud.ts'
import { endLeftRunning } from './cloud/machines/left-running.ts'
import type { FromPage, RailState } from './rail/browser/state.ts'
import type { DemoSite } from './site.ts'
import { program } from '../places.ts'

/** The real bot, with the demo's site in an account at the demo's DigitalOcean. */
export interface DemoBot {
  readonly url: string
  readonly balancerUrl: string
  readonly dataDir: string
  readonly cloud: DemoCloud
  /** Chats beside the web page; null: none. */
  readonly chats: DemoChats | null
  /** What the rail in its page shows from now on; nothing where it was started without. */
  show(rail: RailState): void
  /** Called with what somebody presses in the rail, and when the first page is open. */
  onPage(listener: (message: FromPage) => void): void
  /** Ends the bot and everything it runs. */
  stop(): Promise<void>
}

/** What the demo's droplets are: small, so that six of them and their visitors fit beside other work on two cores. */
const DROPLETS = {
  /** Of a core. */
  vcpus: 0.1,
  bootMs: 4000,
  /** Two programs start in it, which takes long where a busy machine lends them little. */
  launchCreditMs: 4000,
  snapshotMs: 2000,
}

/** Where an agent listens unless it is given another place. */
const USUAL_AGENT_PORT = 8126

/** Starts the bot in a process and folder of its own, after clearing away what an earlier demo left. */
export async function startDemoBot(options: {
  readonly dataDir: string
  readonly port: number
  readonly balancerPort: number
  readonly site: DemoSite
  readonly chats: readonly DemoChat[]
  /** Its page shows the story. */
  readonly rail: boolean
  /** Its droplet's agent takes statistics where the documentation says, if nobody else does; a demo to be looked at. */
  readonly usualAgentPort: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}): Promise<DemoBot> {
  const { dataDir } = options
  await clear(dataDir)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const site = join(dataDir, 'site')
  await options.site.prepare(site)
  const { healthPath } = options.site
  const cloud = await startDemoCloud({
    dataDir,
    site,
    healthPath,
    ...DROPLETS,
    ...(options.usualAgentPort ? { agentPort: USUAL_AGENT_PORT } : {}),
  })
  const chats = options.chats.length === 0 ? null : await startDemoChats(dataDir, options.chats)
  const logFile = join(dataDir, 'bot.log')
  const output = openSync(logFile, 'w', 0o600)
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      cloud.preload,
      program('src/demo/main.ts'),
      ...(options.rail ? ['rail'] : []),
    ],
    {
      env: {
        PATH: options.env['PATH'],
        HOME: options.env['HOME'],
        SPINUP_DATA_DIR: dataDir,
        SPINUP_PORT: String(options.port),
        SPINUP_BALANCER_PORT: String(options.balancerPort),
        ...chats?.env,
        ...cloud.env,
      },
      // A group of its own: Ctrl-C reaches the demo alone, which then ends the bot in order.
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    },
  )
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => message as { readonly url: string; readonly balancerUrl: string }),
    once(child, 'exit').then(() => null),
  ])
  if (ready === null) {
    await chats?.stop()
    await cloud.stop()
    const lines = (await readFile(logFile, 'utf8')).trim().split('\n')
    const said = lines.findLast((line) => line.startsWith('spinup: ')) ?? lines.at(-1) ?? 'it said nothing'
    throw new SpinupError('configuration', inOptions(said.replace('spinup: ', '')))
  }
  return {
    url: ready.url,
    balancerUrl: ready.balancerUrl,
    dataDir,
    cloud,
    chats,
    show(rail) {
      if (options.rail && child.connected) child.send({ rail })
    },
    onPage: (listener) => void child.on('message', (message) => listener(message as FromPage)),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit')
        child.kill('SIGTERM')
        await gone
      }
      await chats?.stop()
      await cloud.stop()
      await stopLeftovers(dataDir)
    },
  }
}

/** What the bot says of its settings, in those that the demo is started with. */
function inOptions(message: string): string {
  return message
    .replace('set SPINUP_BALANCER_PORT to', 'give --balancer-port')
    .replace('set SPINUP_PORT to', 'give --port')
}

/** An earlier demo that was killed may have left its balancer, droplets and Redis running. */
async function clear(dataDir: string): Promise<void> {
  await stopLeftovers(dataDir)
  endLeftRunning(dropletsIn(dataDir))
  const redis = await startRedisServer({ dataDir, install: true, say: (line) => console.error(line) })
  await redis.stop()
  await rm(dataDir, { recursive: true, force: true })
}
