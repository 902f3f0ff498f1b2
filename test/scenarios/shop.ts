import type { PageChoices } from '../../src/demo/connect-page.ts'
import type { BackedDigitalOcean } from '../../src/demo/cloud/backed.ts'
import { createSite, type BotProcess } from './bot-process.ts'
import { connect } from './story.ts'

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

export async function openShop(): Promise<Shop> {
  const site = await createSite({
    originName: 'shop',
    bootMs: 300,
    ownAddresses: true,
    timings: { balancerBusyMs: 200, healthCheckMs: 500 },
  })
  try {
    const { cloud } = site
    const bot = await site.start({ DIGITALOCEAN_POLL: '150ms', DIGITALOCEAN_PATIENCE: '0.06' })
    return {
      bot,
      cloud,
      originUrl: urlOf(cloud, cloud.originId),
      connect: (balancer) => connect(site, bot, { balancer }),
      close: site.clear,
    }
  } catch (error) {
    await site.clear()
    throw error
  }
}

/** Where a droplet's app answers. */
export function urlOf({ state }: BackedDigitalOcean, id: number): string {
  const { publicIp, port } = state.droplets.get(id) ?? { publicIp: null, port: null }
  return `http://${publicIp}:${port}`
}
