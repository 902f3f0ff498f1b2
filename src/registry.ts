import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Balancer } from './balancers/balancer.ts'
import type { Config } from './config.ts'
import { DEFAULT_TIMING, type Timing } from './core/operation/timing.ts'
import type { Provider } from './providers/provider.ts'

/** What an adapter may need to come up. */
export interface Surroundings {
  readonly config: Config
  readonly secret: string
  readonly log: Logger
}

export interface ReadyProvider {
  readonly provider: Provider
  /** How patient operations on this provider are. */
  readonly timing: Timing
  /** Where the bot itself can put the agent on a droplet; null: people run a line. */
  readonly installAgent: ((dropletId: string, config: string) => Promise<void>) | null
}

export interface ReadyBalancer {
  /** A line for people who choose. */
  readonly about: string
  readonly balancer: Balancer
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
      return { provider, timing: LOCAL_TIMING, installAgent: provider.installAgent }
    },
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
        balancer: createBuiltinBalancer({ control: running.control, key: secret }),
        url: running.url,
        release: running.release,
      }
    },
  },
]

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
