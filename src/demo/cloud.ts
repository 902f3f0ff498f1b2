import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SpinupError } from '../core/model/error.ts'
import { localDir } from '../registry.ts'
import { walkConnectPage } from './connect-page.ts'

/** A stand-in for DigitalOcean, as the demo uses it. */
export interface DemoCloud {
  /** What the bot is to be started with. */
  readonly env: Readonly<Record<string, string>>
  /** Walks the connect page whose link is in `text`, and runs the install line on the droplet. */
  connect(text: string, say: (line: string) => void): Promise<void>
  tally(): Promise<ApiTally>
  stop(): Promise<void>
}

const tallySchema = z.object({
  /** All there were. */
  requests: z.number(),
  /** In the busiest minute. */
  mostPerMinute: z.number(),
  limitPerMinute: z.number(),
  /** What was left of an hour's requests at the lowest. */
  leastLeftOfHour: z.number(),
  limitPerHour: z.number(),
  /** Answered with 429. */
  refused: z.number(),
})
/** Requests made to the API, and how near its limits they came. */
export type ApiTally = Readonly<z.infer<typeof tallySchema>>

const readySchema = z.object({
  url: z.string(),
  oauthUrl: z.string(),
  token: z.string(),
  appPort: z.number(),
  droplet: z.string(),
})
const answerSchema = z.object({ id: z.number(), answer: z.unknown(), error: z.string().optional() })

/** Part of the checkout, not of the product. */
const STAND_IN = join(import.meta.dirname, '../../test/fakes/digitalocean/main.ts')
const ANSWER_MS = 30_000
/** Often enough for a story of minutes; a real account is looked at every 5 s. */
const POLL = '500ms'

/** Starts the stand-in in a process of its own, with one droplet that runs the site. Throws `configuration` where it is absent. */
export async function startDemoCloud(options: {
  readonly dataDir: string
  /** The droplet's disk. */
  readonly site: string
  readonly vcpus: number
  readonly bootMs: number
  readonly snapshotMs: number
}): Promise<DemoCloud> {
  if (!existsSync(STAND_IN)) {
    throw new SpinupError(
      'configuration',
      'The stand-in for DigitalOcean is not here (test/fakes/digitalocean): it comes with a checkout of the repository. Run the demo there, or leave --provider out.',
    )
  }
  const { dataDir, site, ...size } = options
  const order = { ...size, dir: localDir({ dataDir }), appDir: site, originName: 'web', healthPath: '/health' }
  const logFile = join(dataDir, 'digitalocean.log')
  const output = openSync(logFile, 'w', 0o600)
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', STAND_IN, JSON.stringify({ ...order, timings: { createMs: 0 } })],
    { env: { PATH: process.env['PATH'] }, detached: true, stdio: ['ignore', output, output, 'ipc'] },
  )
  closeSync(output)
  const told = await Promise.race([
    once(child, 'message').then(([message]) => readySchema.parse(message)),
    once(child, 'exit').then(() => null),
  ])
  if (told === null) {
    const last = readFileSync(logFile, 'utf8').trim().split('\n').at(-1)
    throw new SpinupError('unavailable', `The stand-in for DigitalOcean did not start: ${last}`)
  }
  const ask = asker(child)
  return {
    env: {
      DIGITALOCEAN_API_URL: told.url,
      DIGITALOCEAN_OAUTH_URL: told.oauthUrl,
      DIGITALOCEAN_TOKEN: told.token,
      DIGITALOCEAN_POLL: POLL,
    },
    async connect(text, say) {
      const link = /https?:\S+\/connect\?link=[\w-]+/.exec(text)?.[0]
      if (link === undefined) throw new SpinupError('notFound', 'The channel shows no link to the connect page.')
      const { droplet, appPort: port } = told
      say(`The connect page: the bot's account, the droplet ${droplet}, the built-in balancer, port ${port}.`)
      const line = await walkConnectPage(link, { account: 'environment', droplet, balancer: 'builtin', port })
      say(`On the droplet: ${line.replace(/key=[^'&\s]+/, 'key=…')}`)
      await ask({ run: line })
    },
    tally: async () => tallySchema.parse(await ask({ tally: true })),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** Sends an order and waits for its answer. */
function asker(child: ChildProcess): (order: object) => Promise<unknown> {
  let lastId = 0
  return async (order) => {
    const id = ++lastId
    const signal = AbortSignal.timeout(ANSWER_MS)
    const answered = (async () => {
      for (;;) {
        const [message] = (await once(child, 'message', { signal })) as [unknown]
        const answer = answerSchema.safeParse(message)
        if (answer.success && answer.data.id === id) return answer.data
      }
    })()
    child.send({ id, order })
    const { error, answer } = await answered
    if (error !== undefined) throw new SpinupError('providerFailed', `The stand-in for DigitalOcean: ${error}`)
    return answer
  }
}
