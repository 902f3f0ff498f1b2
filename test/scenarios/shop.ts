import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectView, View } from '../../src/core/model/view.ts'
import { walkConnectPage, type PageChoices } from '../../src/demo/connect-page.ts'
import { startBackedDigitalOcean, type BackedDigitalOcean } from '../fakes/digitalocean/backed.ts'
import { until } from '../wait.ts'
import { createSite, type BotProcess } from './bot-process.ts'
import { card } from './story.ts'

/** The real bot, and an account whose droplets are processes with real agents; nothing is connected yet. */
export interface Shop {
  readonly bot: BotProcess
  readonly cloud: BackedDigitalOcean
  /** The origin's base URL. */
  readonly originUrl: string
  /** Walks the page with that balancer, installs the agent and takes the snapshot. */
  connect(balancer: PageChoices['balancer']): Promise<void>
  close(): Promise<void>
}

const NAME = 'shop'
const PATIENCE_MS = 60_000

export async function openShop(): Promise<Shop> {
  const closing: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step()
  }
  try {
    const dir = await mkdtemp(join(tmpdir(), 'spinup-shop-'))
    closing.push(() => rm(dir, { recursive: true, force: true }))
    const cloud = await startBackedDigitalOcean({
      dir: join(dir, 'machines'),
      appDir: join(import.meta.dirname, 'app'),
      originName: NAME,
      healthPath: '/health',
      vcpus: 0.3,
      bootMs: 300,
      snapshotMs: 300,
      timings: { balancerBusyMs: 200, healthCheckMs: 500 },
    })
    closing.push(() => cloud.stop())
    const site = await createSite()
    closing.push(() => site.clear())
    const bot = await site.start({
      SPINUP_LOCAL_APP: '',
      DIGITALOCEAN_API_URL: cloud.url,
      DIGITALOCEAN_TOKEN: cloud.token,
      DIGITALOCEAN_POLL: '150ms',
      DIGITALOCEAN_PATIENCE: '0.06',
    })
    return {
      bot,
      cloud,
      originUrl: urlOf(cloud, cloud.originId),
      async connect(balancer) {
        const { text } = await bot.client.say('/spinup connect')
        const link = /https?:\S+\/connect\?link=[\w-]+/.exec(text)?.[0]
        if (link === undefined) throw new Error(text)
        const choices = { account: 'environment', droplet: NAME, balancer, port: cloud.appPort } as const
        await cloud.runInstallLine(await walkConnectPage(link, choices))
        await step(bot, 'Take a snapshot', 'doing')
        await bot.client.press('run:/spinup connect snapshot')
        await step(bot, 'Ready', 'done')
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Where a droplet's app answers. */
export function urlOf({ state }: BackedDigitalOcean, id: number): string {
  const { publicIp, port } = state.droplets.get(id) ?? { publicIp: null, port: null }
  return `http://${publicIp}:${port}`
}

async function step(bot: BotProcess, label: string, wanted: string): Promise<void> {
  const isConnect = (view: View): view is ConnectView => view.kind === 'connect'
  await until(
    async () => (await card(bot, isConnect))?.steps.some((one) => one.label === label && one.state === wanted),
    { what: `${label}: ${wanted}`, timeoutMs: PATIENCE_MS },
  )
}
