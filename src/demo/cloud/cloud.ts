import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { walkConnectPage } from '../connect-page.ts'
import { startStandIn } from '../stand-in.ts'
import { program } from '../../places.ts'

/** The demo's DigitalOcean: its API, over droplets that are processes on this machine. */
export interface DemoCloud {
  /** What the bot is to be started with. */
  readonly env: Readonly<Record<string, string>>
  /** What Node loads first in whatever speaks to droplets. */
  readonly preload: string
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

/** Often enough for a story of minutes; a real account is looked at every 5 s. */
const POLL = '500ms'
/** Its droplets boot in seconds, not in a minute and a half. */
const PATIENCE = '0.07'

/** To be preloaded, so that each droplet's address leads to its processes. */
export const PRELOAD = `--import=${pathToFileURL(program('src/demo/cloud/machines/one-address.ts')).href}`

/** Where its droplets live in the demo's folder. */
export function dropletsIn(dataDir: string): string {
  return join(dataDir, 'cloud')
}

/** Starts it with one droplet, called `web`, that runs the site. */
export async function startDemoCloud(options: {
  readonly dataDir: string
  /** The droplet's disk. */
  readonly site: string
  readonly healthPath: string
  readonly vcpus: number
  readonly bootMs: number
  readonly launchCreditMs: number
  readonly snapshotMs: number
  /** Where the droplet's agent takes statistics, if it is free; any free port unless given. */
  readonly agentPort?: number
}): Promise<DemoCloud> {
  const { dataDir, site, healthPath, ...size } = options
  const order = { ...size, dir: dropletsIn(dataDir), appDir: site, originName: 'web', healthPath }
  const { ready, ask, stop } = await startStandIn({
    script: program('src/demo/cloud/main.ts'),
    what: 'DigitalOcean',
    order: { ...order, timings: { createMs: 0 } },
    ready: readySchema,
    logFile: join(dataDir, 'digitalocean.log'),
  })
  return {
    env: {
      DIGITALOCEAN_API_URL: ready.url,
      DIGITALOCEAN_OAUTH_URL: ready.oauthUrl,
      DIGITALOCEAN_TOKEN: ready.token,
      DIGITALOCEAN_POLL: POLL,
      DIGITALOCEAN_PATIENCE: PATIENCE,
    },
    preload: PRELOAD,
    async connect(text, say) {
      const link = /https?:\S+\/connect\?link=[\w-]+/.exec(text)?.[0]
      if (link === undefined) throw new SpinupError('notFound', 'The channel shows no link to the connect page.')
      const { droplet, appPort: port } = ready
      say(`The connect page: the bot's account, the droplet ${droplet}, the built-in balancer, port ${port}.`)
      const choices = { account: 'environment', droplet, balancer: 'builtin', port, healthPath } as const
      const line = await walkConnectPage(link, choices)
      say(`On the droplet: ${line.replace(/key=[^'&\s]+/, 'key=…')}`)
      await ask({ run: line })
    },
    tally: async () => tallySchema.parse(await ask({ tally: true })),
    stop,
  }
}
