import { entry } from '../../src/providers/digitalocean/entry.ts'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PoolState } from '../../src/core/pool/state.ts'
import { createBuiltinBalancer } from '../../src/balancers/builtin/builtin.ts'
import { findRunning, type Found } from '../../src/balancers/builtin/running.ts'
import { balancerDir } from '../../src/balancers/builtin/folder.ts'
import { connectRedis, whenReady } from '../../src/store/connection.ts'
import { createIdentities } from '../../src/store/identities.ts'
import { keys } from '../../src/store/keys.ts'
import { createPoolStore, type PoolStore } from '../../src/store/pool-store.ts'
import { startRedisServer } from '../../src/store/redis-server.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../src/demo/cloud/api/digitalocean.ts'
import type { Exchange } from '../../src/demo/cloud/api/exchange.ts'
import type { ArmedFault, FaultSpec } from '../../src/demo/cloud/api/faults.ts'
import { quiet } from '../redis.ts'
import { createSite, type BotProcess, type Site } from '../scenarios/bot-process.ts'
import { link, POOL } from './link.ts'
import { createMachines, type Machines } from './machines.ts'
import { startVisitors, type Visitors } from './visitors.ts'

/** A bot, its Redis, an account at the stand-in with a live origin, and people who visit it. */
export interface Stage {
  readonly site: Site
  readonly cloud: FakeDigitalOcean
  readonly machines: Machines
  readonly visitors: Visitors
  readonly store: PoolStore
  readonly origin: number
  /** Droplets of the account that are no business of Spinup's. */
  readonly bystanders: readonly number[]
  /** The one that is talked to. */
  bot(): BotProcess
  /** The address that agents and people know. */
  readonly url: string
  /** Those that are up. */
  bots(): readonly BotProcess[]
  /** Arms a fault at the stand-in, which must strike before the case is over. */
  arm(fault: FaultSpec): void
  /** The faults armed since it was last asked; none is armed any more. */
  disarm(): readonly ArmedFault[]
  /** Called with each exchange at the stand-in. */
  onExchange(listener: (exchange: Exchange) => void): () => void
  state(): Promise<PoolState>
  /** Ends a bot by SIGKILL, the one that is talked to unless told; whoever kills starts another. */
  kill(bot?: BotProcess): Promise<void>
  /** Starts a bot; it takes the address of the first one when that is free. */
  start(): Promise<void>
  /** The process id of the built-in balancer. */
  balancerPid(): Promise<number>
  /** What the balancer serves, by URL. */
  backends(): Promise<readonly { readonly url: string; readonly state: string }[]>
  /** The process id of the Redis server. */
  redisPid(): Promise<number>
  /** As if a minute without requests had passed: only the bot's own count is forgotten. */
  freshLimit(): Promise<void>
  clear(): Promise<void>
}

/** Sixteen times less patient than in earnest, and looking as often as the limit of requests allows. */
const ENV = {
  DIGITALOCEAN_POLL: '150ms',
  DIGITALOCEAN_PATIENCE: '0.06',
}

export interface StageOptions {
  /** More of the bot's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** The policy's maximum, 2 unless given. */
  readonly max?: number
  /** What stands before the members; the built-in balancer unless given. */
  readonly balancer?: 'digitalocean'
}

/** The pool is linked and its agent reports; nothing is copied yet. */
export async function createStage(options: StageOptions = {}): Promise<Stage> {
  const site = await createSite(null)
  const bots = new Set<BotProcess>()
  const armed: ArmedFault[] = []
  const listeners = new Set<(exchange: Exchange) => void>()
  // An agent knows one public address, behind which any bot that is up may answer.
  const machines = await createMachines(async (identity, body) => {
    let last: unknown = new Error('no bot is up')
    for (const { url } of bots) {
      try {
        const headers = { authorization: `Bearer ${identity.key}`, 'content-type': 'application/json' }
        return await fetch(`${url}/v1/samples`, { method: 'POST', headers, body, signal: AbortSignal.timeout(3000) })
      } catch (error) {
        last = error
      }
    }
    throw last
  })
  const cloud = await startDigitalOcean({
    backing: machines.backing,
    timings: { createMs: 150, powerMs: 250, snapshotMs: 200, balancerBusyMs: 100 },
    limits: { perMinute: 100_000, perHour: 1_000_000 },
    onExchange: (exchange) => listeners.forEach((listener) => listener(exchange)),
  })
  const full = { ...ENV, DIGITALOCEAN_API_URL: cloud.url, DIGITALOCEAN_TOKEN: cloud.token, ...options.env }
  const start = async (more: Readonly<Record<string, string>> = {}): Promise<BotProcess> => {
    const bot = await site.start({ ...full, ...more })
    bots.add(bot)
    return bot
  }

  const machine = await machines.begin(POOL)
  const origin = cloud.state.addDroplet({
    name: POOL,
    ip: machine.ip,
    port: machines.port,
    tags: ['shop', 'production'],
  })
  machines.adopt(origin.id, machine)
  cloud.state.addFirewall('web', [origin.id])
  cloud.state.addProject('the shop', [`do:droplet:${origin.id}`])
  const front =
    options.balancer === undefined ? null : cloud.state.addBalancer({ name: 'front', dropletIds: [origin.id] })
  const settings =
    front === null ? null : ({ kind: 'digitalocean', loadBalancerId: front.id, name: front.name } as const)
  const bystanders = [
    cloud.state.addDroplet({ name: 'database' }).id,
    cloud.state.addDroplet({ name: 'other-1', tags: ['spinup', 'spinup-pool:other'] }).id,
  ]

  let bot = await start()
  const { url } = bot
  const server = await startRedisServer({ dataDir: site.dataDir, log: quiet })
  const redis = connectRedis({ path: server.path }, { name: 'faults', log: quiet, blocking: true })
  await whenReady(redis)
  const store = createPoolStore(redis)
  await link(
    store,
    { max: options.max ?? 2, balancer: settings },
    { id: String(origin.id), url: `http://${machine.ip}:${machines.port}` },
  )
  const key = await createIdentities(redis).issue(POOL, `${POOL}-1`)
  machine.report({ url: bot.url, pool: POOL, member: `${POOL}-1`, key })
  const balancer = async (): Promise<Found> =>
    (await findRunning(balancerDir(site))) ?? Promise.reject(new Error('no balancer runs'))
  const urlOf = ({ publicIp, port }: { readonly publicIp: string | null; readonly port: number | null }): string =>
    `http://${publicIp}:${port}`
  const visitors = startVisitors(() => {
    if (front === null) return bot.balancerUrl
    const rotation = cloud.state.inRotation(front.id)
    return urlOf(rotation[visitors.sent % rotation.length] ?? { publicIp: null, port: null })
  })

  return {
    site,
    cloud,
    machines,
    visitors,
    store,
    origin: origin.id,
    bystanders,
    url,
    bot: () => bot,
    bots: () => [...bots],
    arm: (fault) => void armed.push(cloud.faults.add(fault)),
    disarm() {
      cloud.faults.clear()
      return armed.splice(0)
    },
    onExchange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    state: async () => (await store.load(POOL)) ?? Promise.reject(new Error('the pool is gone')),
    async kill(victim = bot) {
      await victim.kill()
      bots.delete(victim)
      if (victim === bot) bot = [...bots][0] ?? bot
    },
    async start() {
      const first = [...bots].some((one) => one.url === url)
      // A token of its own tells whose requests are whose.
      const more = first ? { SPINUP_PORT: '0', DIGITALOCEAN_TOKEN: cloud.state.addToken({ name: 'second' }).value } : {}
      const made = await start(more)
      if (bots.size === 1) bot = made
    },
    balancerPid: async () => (await balancer()).running.pid,
    async backends() {
      if (front !== null) {
        const healthy = new Set(cloud.state.inRotation(front.id).map(({ id }) => id))
        return front.dropletIds.map((id) => ({
          url: urlOf(cloud.state.droplets.get(id) ?? { publicIp: null, port: null }),
          state: healthy.has(id) ? 'healthy' : 'unhealthy',
        }))
      }
      const { running, config } = await balancer()
      return createBuiltinBalancer({ control: `http://127.0.0.1:${running.controlPort}`, key: config.key }).list()
    },
    redisPid: async () => Number(await readFile(join(site.dataDir, 'redis', 'redis.pid'), 'utf8')),
    freshLimit: async () => void (await redis.del(keys.requests(entry.environmentAccount))),
    async clear() {
      await visitors.stop()
      await machines.stop()
      redis.disconnect()
      for (const one of bots) await one.stop()
      await server.stop()
      await site.clear()
      await cloud.stop()
    },
  }
}
