import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { AccessTo } from './accounts/access.ts'
import { accountOf, type Cloud, type Clouds } from './accounts/clouds.ts'
import type { Balancer } from './balancers/balancer.ts'
import type { BalancerEntry, BalancerSurroundings, ReadyBalancer } from './balancers/entry.ts'
import { ANYWHERE, onlyOutside } from './balancers/outside.ts'
import type { Config } from './config/read-config.ts'
import type { BalancerSettings } from './core/model/backend.ts'
import { SpinupError } from './core/model/error.ts'
import type { Pool } from './core/model/pool.ts'
import type { Timing } from './core/operation/timing.ts'
import { deferBalancer, deferProvider } from './deferred.ts'
import { probe } from './engine/operations/probe.ts'
import type { Access, ReadyCloud } from './providers/cloud.ts'
import type { Provider } from './providers/provider.ts'
import { BALANCERS } from './registry/registry.ts'
import type { Clock } from './store/clock.ts'
import type { Vault } from './store/vault.ts'
import { createMemberRecord } from './store/boots.ts'
import type { PoolStore } from './store/pool-store.ts'

/** The providers and balancers of this bot. What a pool uses is made once and kept until its settings change. */
export interface Adapters {
  readonly provider: (pool: Pool) => Provider
  readonly balancer: (pool: Pool) => Balancer
  /** What a pool has for itself at its balancer; null: it is not known how to reach it. */
  readonly front: (pool: Pool) => string | null
  readonly timing: (pool: Pool) => Timing
  /** Every balancer, with what its variables say. */
  readonly balancers: readonly { readonly entry: BalancerEntry; readonly env: unknown }[]
  /** Where visitors reach the balancer that Spinup runs itself. */
  readonly balancerUrl: string | null
  /** Lets go of what Spinup runs itself; it goes on serving. */
  release(): void
}

/** The balancer asks each second, so a member that hangs may not hold it up for long. */
const HEALTH_DEADLINE_MS = 1500

/** Starts every balancer; clouds are set up already. */
export async function startAdapters(around: {
  readonly config: Pick<Config, 'balancers' | 'dataDir'>
  readonly clouds: Clouds
  readonly access: AccessTo
  readonly controlKey: string
  readonly redis: Redis
  readonly vault: Vault
  readonly store: Pick<PoolStore, 'load'>
  readonly clock: Pick<Clock, 'now' | 'steps'>
  readonly log: Logger
}): Promise<Adapters> {
  const { config, clouds, access, redis, vault, store, clock } = around
  const cloudOf = (pool: Pool): Cloud => clouds.named(pool.provider)
  const accessOf = (pool: Pool): Access => access(cloudOf(pool).entry, accountOf(pool))
  const surroundings: BalancerSurroundings = {
    dataDir: config.dataDir,
    controlKey: around.controlKey,
    unseal: vault.get,
    async loadBalancer(pool, id) {
      const { entry, ready } = cloudOf(pool)
      const found = await ready.loadBalancer?.(accessOf(pool), id)
      if (found !== undefined) return found
      throw new SpinupError('configuration', `${entry.label} has no load balancers for ${pool.name}; connect it again.`)
    },
    patience: (pool) => cloudOf(pool).ready.patience,
    now: clock.now,
    log: around.log,
  }
  const balancers = new Map<string, Started>()
  const release = (): void => {
    for (const { ready } of balancers.values()) ready.release?.()
  }
  try {
    for (const entry of BALANCERS) {
      const ready = await entry.start(config.balancers[entry.name] ?? null, surroundings)
      balancers.set(entry.name, { entry, ready })
    }
  } catch (error) {
    release()
    throw error
  }

  const provider = perPool<Provider>(
    ({ provider: name, account, address, clones }) => JSON.stringify([name, account, address, clones]),
    (pool) => {
      const { ready } = cloudOf(pool)
      return deferProvider(pool.provider, async () => ready.provider(accessOf(pool), pool), figuresOf(ready))
    },
  )
  const balancer = perPool<Balancer>(
    (pool) => JSON.stringify([pool.balancer, pool.balancerSettings, pool.account, pool.healthPath]),
    (pool) => {
      const { entry, ready } = started(balancers, pool.balancer)
      const settings = settingsOf(entry, pool)
      return deferBalancer(pool.balancer, async () =>
        ready.open(pool, settings, {
          members: async () => (await store.load(pool.id))?.members ?? [],
          record: createMemberRecord(redis, pool.id),
          elapsed: () => clock.now() - clock.steps(),
          reach: (address) => ((pool.tenant ?? null) === null ? ANYWHERE : onlyOutside(address)),
          isHealthy: async (url) => (await probe(url + pool.healthPath, HEALTH_DEADLINE_MS)).healthy,
        }),
      )
    },
  )
  const urls = [...balancers.values()].flatMap(({ ready }) => ready.url ?? [])
  return {
    provider,
    balancer,
    front(pool) {
      const { entry } = started(balancers, pool.balancer)
      const found = entry.front(config.balancers[entry.name] ?? null, settingsOf(entry, pool))
      return found && `${entry.name} ${found}`
    },
    timing: (pool) => cloudOf(pool).ready.timing,
    balancers: BALANCERS.map((entry) => ({ entry, env: config.balancers[entry.name] ?? null })),
    balancerUrl: urls[0] ?? null,
    release,
  }
}

/** What the pool keeps of its balancer; null: nothing that this balancer can read. */
function settingsOf({ settings }: BalancerEntry, { balancerSettings }: Pool): BalancerSettings | null {
  return settings?.safeParse(balancerSettings).data ?? null
}

interface Started {
  readonly entry: BalancerEntry
  readonly ready: ReadyBalancer<BalancerSettings>
}

/** Keeps one for each pool, made again when `key` changes. */
function perPool<T>(key: (pool: Pool) => string, make: (pool: Pool) => T): (pool: Pool) => T {
  const kept = new Map<string, { readonly key: string; readonly value: T }>()
  return (pool) => {
    const wanted = key(pool)
    const known = kept.get(pool.id)
    if (known?.key === wanted) return known.value
    const value = make(pool)
    kept.set(pool.id, { key: wanted, value })
    return value
  }
}

/** The one of that name; throws `notFound` saying which there are. */
function started(all: ReadonlyMap<string, Started>, name: string): Started {
  const found = all.get(name)
  if (found !== undefined) return found
  throw new SpinupError(
    'notFound',
    `There is no balancer called ${name} here; there is ${[...all.keys()].join(', ')}. Check the configuration this bot was started with.`,
  )
}

/** What is known of a provider before it is open. */
function figuresOf({ leastBill, usualBootMs }: ReadyCloud): Pick<Provider, 'leastBill' | 'usualBootMs'> {
  return {
    ...(leastBill === undefined ? {} : { leastBill }),
    ...(usualBootMs === undefined ? {} : { usualBootMs }),
  }
}
