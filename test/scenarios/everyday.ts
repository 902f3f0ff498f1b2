import { join } from 'node:path'
import { createTraffic, type Traffic } from '../../src/demo/traffic/traffic.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess, type Site } from './bot-process.ts'
import { holdOpen } from './held-open.ts'
import { followJudgements, type Judged, type Judgements } from './judged.ts'
import { connect, say } from './story.ts'

/** A site as many are, which looks busy and is not. */
export interface Everyday {
  readonly name: string
  readonly quietRps: number
  readonly paths: readonly string[]
  /** What is peculiar about it begins; gives how it ends. */
  begin(bot: BotProcess): Promise<() => void>
  /** What shows in the judgement's figures that it was there all the time; else throws. */
  readonly shows: (figures: Figures) => boolean
}

/** Medians of what agent and balancer said of the origin. */
export interface Figures {
  readonly cpu: number
  readonly firstByteP95: number
  readonly streaming: number
}

/** It, with everything that is real: bot, Redis, agent, balancer, droplet and visitors. */
export interface RunningSite {
  readonly bot: BotProcess
  readonly site: Site
  readonly crowd: Traffic
  readonly judgements: Judgements
  stop(): Promise<void>
}

const STREAMS = 300
/** Of a core: what a member has for pages that cost 8 ms each. */
const VCPUS = 0.25
/** Almost twice what one member can serve. */
const FRONT_PAGE_RPS = 55

export const EVERYDAY: readonly Everyday[] = [
  {
    name: `a site that keeps ${STREAMS} streams open`,
    quietRps: 1,
    paths: ['/'],
    begin: async ({ balancerUrl }) => {
      const held = holdOpen(balancerUrl, STREAMS)
      await until(() => held.open() === STREAMS, { what: `${STREAMS} open streams`, timeoutMs: 60_000 })
      return held.close
    },
    shows: ({ streaming }) => streaming >= STREAMS,
  },
  {
    name: 'a site whose pages wait a second for something else',
    quietRps: 3,
    paths: ['/upstream'],
    begin: async () => () => undefined,
    shows: ({ firstByteP95, cpu }) => firstByteP95 >= 0.95 && cpu < 0.8,
  },
  {
    name: 'a site with a niced job on its droplet',
    quietRps: 3,
    paths: ['/'],
    begin: async ({ balancerUrl }) => {
      await fetch(new URL('/jobs', balancerUrl), { method: 'POST' })
      return () => undefined
    },
    shows: ({ cpu }) => cpu >= 0.95,
  },
]

/** Starts it with its quiet visitors, connected and with the defaults of a policy. */
export async function startEveryday({ quietRps, paths }: Everyday): Promise<RunningSite> {
  const closing: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step()
  }
  try {
    const site = await createSite({ appDir: join(import.meta.dirname, 'everyday'), vcpus: VCPUS })
    closing.push(site.clear)
    // Clones of these come up in seconds, which is how far ahead they are ordered.
    const bot = await site.start({ DIGITALOCEAN_PATIENCE: '0.05' })
    await connect(site, bot)
    await say(bot, '/spinup policy max=5')
    const judgements = await followJudgements(site.dataDir, 'web')
    closing.push(judgements.stop)
    const rates = { quietRps, peak: FRONT_PAGE_RPS / quietRps, quietForMs: null }
    const times = { riseMs: 2000, holdMs: 120_000, decayMs: 10_000, afterMs: null }
    const crowd = createTraffic({ url: bot.balancerUrl, shape: { kind: 'hackerNews', ...rates, ...times }, paths })
    closing.push(crowd.stop)
    return { bot, site, crowd, judgements, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What the figures were most of the time. */
export function figuresOf(judged: readonly Judged[]): Figures {
  const origins = judged.map(({ observation }) => observation.members.find(({ origin }) => origin))
  const median = (values: readonly (number | null | undefined)[]): number => {
    const known = values.filter((value) => typeof value === 'number').toSorted((a, b) => a - b)
    return known[known.length >> 1] ?? 0
  }
  return {
    cpu: median(origins.map((origin) => origin?.stats?.['cpu'])),
    firstByteP95: median(origins.map((origin) => origin?.traffic?.firstByteP95)),
    streaming: median(origins.map((origin) => origin?.traffic?.streaming)),
  }
}
