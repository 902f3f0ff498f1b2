import { join } from 'node:path'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Edges } from './accounts/edges.ts'
import type { Balancer, MemberRecord } from './balancers/balancer.ts'
import type { Config } from './config.ts'
import type { LeastBill } from './core/model/billing.ts'
import { SpinupError } from './core/model/error.ts'
import type { Member } from './core/model/member.ts'
import type { Pool } from './core/model/pool.ts'
import { asPatient, DEFAULT_TIMING, type Timing } from './core/operation/timing.ts'
import { LEAST_BILL } from './providers/digitalocean/least-bill.ts'
import type { Provider } from './providers/provider.ts'
import type { Vault } from './store/vault.ts'

/** What an adapter may need to come up. */
export interface Surroundings {
  readonly config: Config
  readonly secret: string
  readonly redis: Redis
  readonly vault: Vault
  readonly edges: Edges
  readonly log: Logger
}

/** What a balancer may need to know of the pool it stands before. */
export interface PoolSurroundings {
  readonly members: () => Promise<readonly Member[]>
  readonly record: MemberRecord
  /** Whether a member answers its health path. */
  readonly isHealthy: (url: string) => Promise<boolean>
}

export interface ReadyProvider {
  /** How patient operations on this provider are. */
  readonly timing: Timing
  /** What it bills for a droplet at the least. */
  readonly leastBill?: LeastBill
  readonly open: (pool: Pool) => Promise<Provider>
  /** Its droplets are listed in chat; null: they are picked on the connect page, in a linked account. */
  readonly listed: Provider | null
  /** Where the bot itself can put the agent on a droplet; null: people run a line. */
  readonly installAgent: ((dropletId: string, config: string) => Promise<void>) | null
}

export interface ReadyBalancer {
  /** A line for people who choose. */
  readonly about: string
  /** It needs to be told nothing that the environment does not say, so it can be chosen in chat. */
  readonly inChat: boolean
  readonly open: (pool: Pool, around: PoolSurroundings) => Promise<Balancer>
  /** Where visitors reach it, if Spinup runs it itself. */
  readonly url: string | null
  /** Called when the bot stops; a balancer goes on serving. */
  readonly release: () => void
}

interface ProviderEntry {
  readonly name: string
  readonly offered: (config: Config) => boolean
  readonly start: (surroundings: Surroundings) => Promise<ReadyProvider>
}

interface BalancerEntry {
  readonly name: string
  readonly start: (surroundings: Surroundings) => Promise<ReadyBalancer>
}

/** Every provider; adapters load only when they are used. A new one: a folder in `providers/` and an entry here. */
export const PROVIDERS: readonly ProviderEntry[] = [
  {
    name: 'local',
    offered: (config) => config.local !== null,
    start: async ({ config, log }) => {
      const { startHypervisor } = await import('./providers/local/start-hypervisor.ts')
      const { createLocalProvider } = await import('./providers/local/local-cloud.ts')
      const local = config.local!
      const hypervisor = await startHypervisor({
        dir: localDir(config),
        bootMs: local.bootMs,
        snapshotMs: local.snapshotMs,
        agentCommand: [process.execPath, join(import.meta.dirname, '..', 'agent', 'main.ts')],
        log,
      })
      const provider = createLocalProvider({ path: hypervisor.path })
      await provider.seed({
        name: local.dropletName,
        from: local.appDir,
        size: { vcpus: local.vcpus, memoryBytes: local.memoryBytes },
        dollarsPerHour: local.dollarsPerHour,
      })
      return {
        timing: LOCAL_TIMING,
        open: async () => provider,
        listed: provider,
        installAgent: provider.installAgent,
      }
    },
  },
  {
    name: 'digitalocean',
    offered: () => true,
    start: async ({ config: { digitalocean }, edges }) => ({
      leastBill: LEAST_BILL,
      timing: { ...asPatient(DEFAULT_TIMING, digitalocean.patience), pollMs: digitalocean.pollMs },
      open: async (pool) => {
        const [{ createDigitalOceanProvider }, { inPatience }] = await Promise.all([
          import('./providers/digitalocean/digitalocean.ts'),
          import('./providers/digitalocean/patience.ts'),
        ])
        const { size, region } = pool.clones
        return createDigitalOceanProvider({
          ...edges(accountOf(pool)),
          ...inPatience(digitalocean.patience, digitalocean.pollMs),
          settings: {
            address: pool.address,
            clones: { ...(size === null ? {} : { size }), ...(region === null ? {} : { region }) },
          },
        })
      },
      listed: null,
      installAgent: null,
    }),
  },
]

/** Every balancer. A new one: a folder in `balancers/` and an entry here. */
export const BALANCERS: readonly BalancerEntry[] = [
  {
    name: 'builtin',
    start: async ({ config, secret, log }) => {
      const { startBuiltinBalancer } = await import('./balancers/builtin/start.ts')
      const { createBuiltinBalancer } = await import('./balancers/builtin/builtin.ts')
      const { host, port } = config.balancer
      const running = await startBuiltinBalancer({
        dir: balancerDir(config),
        host,
        port,
        key: secret,
        healthPath: '/health',
        log,
      })
      return {
        about: 'Spinup’s own, on this machine: fewest requests in flight, weighted by load',
        inChat: true,
        open: async ({ healthPath }) => createBuiltinBalancer({ control: running.control, key: secret, healthPath }),
        url: running.url,
        release: running.release,
      }
    },
  },
  {
    name: 'digitalocean',
    start: async ({ config: { digitalocean }, edges }) => ({
      ...elsewhere('a load balancer of the DigitalOcean account', false),
      open: async (pool, { members, record, isHealthy }) => {
        const settings = pool.balancerSettings
        if (settings?.kind !== 'digitalocean') throw unset(pool)
        const [{ createDigitalOceanBalancer }, { createLoadBalancer }, { inPatience }] = await Promise.all([
          import('./balancers/digitalocean/digitalocean.ts'),
          import('./providers/digitalocean/load-balancer.ts'),
          import('./providers/digitalocean/patience.ts'),
        ])
        return createDigitalOceanBalancer({
          client: createLoadBalancer({
            ...edges(accountOf(pool)),
            loadBalancerId: settings.loadBalancerId,
            timing: inPatience(digitalocean.patience, digitalocean.pollMs).timing,
            freshMs: 10_000 * digitalocean.patience,
          }),
          settleMs: 60_000 * digitalocean.patience,
          busyMs: 3000 * digitalocean.patience,
          healthFreshMs: 20_000 * digitalocean.patience,
          dropletOf: async (url) => {
            const id = (await members()).find((member) => member.url === url)?.dropletId ?? null
            return id === null ? null : Number(id)
          },
          urlOf: async (id) => (await members()).find((member) => member.dropletId === String(id))?.url ?? null,
          record,
          isHealthy,
        })
      },
    }),
  },
  {
    name: 'haproxy',
    start: async ({ config }) => ({
      ...elsewhere('HAProxy, by its runtime API', config.haproxy !== null),
      open: async (pool) => {
        const { createHaproxyBalancer } = await import('./balancers/haproxy/haproxy.ts')
        const settings = pool.balancerSettings?.kind === 'haproxy' ? pool.balancerSettings : config.haproxy
        if (settings === null) throw unset(pool)
        return createHaproxyBalancer({ address: settings.address, backend: settings.backend })
      },
    }),
  },
  {
    name: 'caddy',
    start: async ({ config }) => ({
      ...elsewhere('Caddy, by its admin API', config.caddy !== null),
      open: async (pool, { isHealthy }) => {
        const { createCaddyBalancer } = await import('./balancers/caddy/caddy.ts')
        const settings = pool.balancerSettings?.kind === 'caddy' ? pool.balancerSettings : config.caddy
        if (settings === null) throw unset(pool)
        return createCaddyBalancer({ admin: settings.admin, handler: settings.handler, isHealthy })
      },
    }),
  },
  {
    name: 'webhook',
    start: async ({ config, vault }) => ({
      ...elsewhere('any other, told by a signed POST', config.webhook !== null),
      open: async (pool, { record, isHealthy }) => {
        const { createWebhookBalancer } = await import('./balancers/webhook/webhook.ts')
        const settings = pool.balancerSettings
        if (settings?.kind !== 'webhook') {
          if (config.webhook === null) throw unset(pool)
          return createWebhookBalancer({ ...config.webhook, record, isHealthy })
        }
        const sealed = await vault.get(settings.entry)
        if (sealed === null) throw unset(pool)
        // Written by the connect page alone.
        const { url, secret } = JSON.parse(sealed) as { readonly url: string; readonly secret: string }
        return createWebhookBalancer({
          url,
          secret,
          format: settings.format,
          settleMs: settings.settleMs,
          record,
          isHealthy,
        })
      },
    }),
  },
]

/** A balancer that others run. */
function elsewhere(about: string, inChat: boolean): Omit<ReadyBalancer, 'open'> {
  return { about, inChat, url: null, release: () => undefined }
}

function accountOf(pool: Pool): string {
  if (pool.account !== null) return pool.account
  throw new SpinupError('configuration', `${pool.name} has no DigitalOcean account; type /spinup connect account.`)
}

function unset(pool: Pool): SpinupError {
  return new SpinupError(
    'configuration',
    `It is not known how to reach the ${pool.balancer} balancer of ${pool.name}: set its variables (see docs/balancers.md), or type /spinup disconnect and connect again.`,
  )
}

/** Looking costs nothing on this machine, so operations look often. */
const LOCAL_TIMING: Timing = {
  ...DEFAULT_TIMING,
  pollMs: 100,
  retryMs: 250,
  longestRetryMs: 5000,
  bootMs: 60_000,
  reportMs: 60_000,
  healthMs: 60_000,
}

/** Where the local cloud lives. */
export function localDir(config: Pick<Config, 'dataDir'>): string {
  return join(config.dataDir, 'local')
}

/** Where the built-in balancer keeps its state. */
export function balancerDir(config: Pick<Config, 'dataDir'>): string {
  return join(config.dataDir, 'balancer')
}
