import type { ConsoleClient } from '../cli/console-client.ts'
import { SpinupError } from '../core/model/error.ts'
import type { DemoBot } from './bot.ts'
import { connect, type } from './connect.ts'
import { POLICY } from './story.ts'
import { watch } from './watch.ts'

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
  const seen = watch(client)
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
