import { join } from 'node:path'
import { z } from 'zod'
import { SpinupError } from '../core/model/error.ts'
import { localDir } from '../registry/folders.ts'
import { walkConnectPage } from './connect-page.ts'
import { startStandIn } from './stand-in.ts'

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

/** Often enough for a story of minutes; a real account is looked at every 5 s. */
const POLL = '500ms'

/** Starts the stand-in with one droplet that runs the site. */
export async function startDemoCloud(options: {
  readonly dataDir: string
  /** The droplet's disk. */
  readonly site: string
  readonly vcpus: number
  readonly bootMs: number
  readonly snapshotMs: number
}): Promise<DemoCloud> {
  const { dataDir, site, ...size } = options
  const order = { ...size, dir: localDir({ dataDir }), appDir: site, originName: 'web', healthPath: '/health' }
  const { told, ask, stop } = await startStandIn({
    script: 'digitalocean/main.ts',
    what: 'DigitalOcean',
    order: { ...order, timings: { createMs: 0 } },
    told: readySchema,
    logFile: join(dataDir, 'digitalocean.log'),
  })
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
    stop,
  }
}
