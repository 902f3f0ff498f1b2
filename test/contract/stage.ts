import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBackedDigitalOcean, type BackedDigitalOcean } from '../../src/demo/cloud/backed.ts'
import type { Exchange } from '../../src/demo/cloud/api/exchange.ts'
import { startValidatingProxy } from '../fakes/digitalocean/validating-proxy.ts'
import { createSite, type BotProcess } from '../scenarios/bot-process.ts'

/** The real bot, a proxy that sees all it says to DigitalOcean, and the stand-in with real droplets behind it. */
export interface Stage {
  readonly bot: BotProcess
  readonly cloud: BackedDigitalOcean
  /** Of the load balancer in front of the origin. */
  readonly balancerId: string
  /** Warnings and errors of the bot's log. */
  troubles(): readonly string[]
  close(): Promise<void>
}

export const ORIGIN = 'shop'
export const LOAD_BALANCER = 'front'
const APP = join(import.meta.dirname, '../scenarios/app')
/** So many droplets make several pages of a list. */
const OTHERS = 230
/** Renewed when a third of it is left, so the story sees it more than once. */
const TOKEN_LIFE_SECONDS = 45

export async function openStage(onExchange: (exchange: Exchange) => void): Promise<Stage> {
  const closing: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step()
  }
  try {
    const dir = await mkdtemp(join(tmpdir(), 'spinup-contract-'))
    closing.push(() => rm(dir, { recursive: true, force: true }))
    const port = await freePort()
    const redirectUris = [`http://127.0.0.1:${port}/connect/callback`]
    const cloud = await startBackedDigitalOcean({
      dir: join(dir, 'machines'),
      appDir: APP,
      originName: ORIGIN,
      healthPath: '/health',
      vcpus: 0.3,
      bootMs: 300,
      snapshotMs: 300,
      dropletLimit: OTHERS + 20,
      tokenLifeSeconds: TOKEN_LIFE_SECONDS,
      applications: [{ clientId: 'spinup', clientSecret: null, redirectUris, name: 'Spinup' }],
      consent: 'page',
      timings: { destroyMs: 100, balancerBusyMs: 200, healthCheckMs: 500 },
    })
    closing.push(() => cloud.stop())
    for (let index = 1; index <= OTHERS; index++) cloud.state.addDroplet({ name: `worker-${index}` })
    cloud.state.addFirewall('web-only', [cloud.originId])
    const balancer = cloud.state.addBalancer({ name: LOAD_BALANCER, dropletIds: [cloud.originId] })

    const proxy = await startValidatingProxy({ upstream: new URL(cloud.url).origin, onExchange })
    closing.push(() => proxy.stop())
    const site = await createSite(null)
    closing.push(() => site.clear())
    const bot = await site.start({
      SPINUP_PORT: String(port),
      DIGITALOCEAN_API_URL: `${proxy.origin}/v2`,
      DIGITALOCEAN_OAUTH_URL: `${proxy.origin}/v1/oauth`,
      DIGITALOCEAN_CLIENT_ID: 'spinup',
      DIGITALOCEAN_POLL: '300ms',
      DIGITALOCEAN_PATIENCE: '0.1',
    })
    const troubles = (): readonly string[] =>
      bot.log.filter(({ level }) => Number(level) >= 40).map((line) => JSON.stringify(line))
    return { bot, cloud, balancerId: balancer.id, troubles, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A port that the bot will have: the OAuth application names its address beforehand. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
