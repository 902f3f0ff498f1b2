import { cp, readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { checkDisk } from './cloud/machines/services.ts'
import type { DemoSite } from './site.ts'
import type { ConsoleClient } from '../cli/console-client.ts'
import type { DemoBot } from './bot.ts'
import { connect, type } from './connect.ts'
import { POLICY } from './story.ts'
import { watch } from './watch.ts'

const packageSchema = z.object({ scripts: z.object({ start: z.string().min(1) }) })

/**
 * An app of one's own: a folder with a `droplet.json`, or with a `package.json` that says how it is started. It has to
 * listen on `HOST` and `PORT`, or on `PORT` alone. Throws `configuration` where it can't be run.
 */
export async function ownApp(dir: string, healthPath: string): Promise<DemoSite> {
  const from = resolve(dir)
  const wrong = (words: string): SpinupError => new SpinupError('configuration', `--app ${dir}: ${words}`)
  if (!(await stat(from).catch(() => null))?.isDirectory()) throw wrong('there is no such folder')
  if (!healthPath.startsWith('/')) throw new SpinupError('configuration', '--health takes a path such as /health')
  const start = (await exists(join(from, 'droplet.json'))) ? null : await startOf(from, wrong)
  if (start === null) {
    try {
      checkDisk(from)
    } catch (error) {
      throw wrong(messageOf(error))
    }
  }
  return {
    healthPath,
    async prepare(folder) {
      if (resolve(folder).startsWith(from + sep)) {
        throw wrong('the demo would live inside of it; choose another folder with --data-dir')
      }
      await cp(from, folder, { recursive: true, verbatimSymlinks: true })
      if (start === null) return
      const command = ['sh', '-c', `PATH="$PWD/node_modules/.bin:$PATH"; export PATH; ${start}`]
      await writeFile(join(folder, 'droplet.json'), JSON.stringify({ services: [{ name: 'web', command }] }))
    },
  }
}

/** What `npm start` runs. */
async function startOf(folder: string, wrong: (words: string) => SpinupError): Promise<string> {
  const file = join(folder, 'package.json')
  if (!(await exists(file))) {
    throw wrong('it has no droplet.json, and no package.json whose start command could be run')
  }
  try {
    return packageSchema.parse(JSON.parse(await readFile(file, 'utf8'))).scripts.start
  } catch {
    throw wrong(
      'its package.json has no start command ("scripts": {"start": "node server.js"}), and there is no droplet.json',
    )
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

/** What became of an app of one's own; the last line of `npm run demo -- --app DIR --headless --json`. */
export interface AppFigures {
  /** Where visitors reach it. */
  readonly site: string
  /** What its first page answered. */
  readonly status: number
}

const SERVES_MS = 30_000
const DEADLINE_MS = 5000

/** Connects the app's droplet and asks for its first page through the balancer; who visits it then is up to others. */
export async function runApp(options: {
  readonly bot: DemoBot
  readonly client: ConsoleClient
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}): Promise<AppFigures> {
  const { bot, client, say, signal } = options
  const seen = watch(client, signal)
  try {
    await connect(bot, client, seen, say)
    await type(client, POLICY, say)
  } finally {
    seen.stop()
  }
  const status = await firstPage(bot.balancerUrl, signal)
  say(`${bot.balancerUrl} answers with ${status}. Send it visitors, and watch: npx autocannon -d 60 ${bot.balancerUrl}`)
  return { site: bot.balancerUrl, status }
}

async function firstPage(url: string, stopping: AbortSignal): Promise<number> {
  const deadline = Date.now() + SERVES_MS
  for (;;) {
    stopping.throwIfAborted()
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(DEADLINE_MS) }).catch(
      () => null,
    )
    await response?.body?.cancel()
    if (response !== null && response.status < 500) return response.status
    if (Date.now() > deadline) {
      throw new SpinupError(
        'timeout',
        `The app does not answer at ${url}: ${response === null ? 'nobody is there' : `status ${response.status}`}. It has to listen on PORT, and answer 2xx at its health path (--health). What it says is in cloud/droplets/*/log in the demo’s folder.`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
