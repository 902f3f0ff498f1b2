import type { Balancer } from './balancers/balancer.ts'
import { SpinupError } from './core/model/error.ts'
import type { Pool } from './core/model/pool.ts'
import type { Timing } from './core/operation/timing.ts'
import { deferBalancer, deferProvider } from './deferred.ts'
import { probe } from './engine/operations/probe.ts'
import type { Provider } from './providers/provider.ts'
import type { ReadyBalancer, ReadyProvider, Surroundings } from './registry/entry.ts'
import { BALANCERS, PROVIDERS } from './registry/registry.ts'
import { createMemberRecord } from './store/member-record.ts'
import type { PoolStore } from './store/pool-store.ts'

/** The providers and balancers of this bot. What a pool uses is made once and kept until its settings change. */
export interface Adapters {
  readonly provider: (pool: Pool) => Provider
  readonly balancer: (pool: Pool) => Balancer
  readonly timing: (pool: Pool) => Timing
  /** Every balancer with a line on each. */
  readonly balancers: readonly { readonly name: string; readonly about: string }[]
  /** Where visitors reach the built-in balancer. */
  readonly balancerUrl: string | null
  /** Lets go of what Spinup runs itself; it goes on serving. */
  release(): void
}

/** The balancer asks each second, so a member that hangs may not hold it up for long. */
const HEALTH_DEADLINE_MS = 1500

/** Starts every adapter that this configuration offers. */
export async function startAdapters(
  surroundings: Surroundings & { readonly store: Pick<PoolStore, 'load'> },
): Promise<Adapters> {
  const providers = new Map<string, ReadyProvider>()
  const balancers = new Map<string, ReadyBalancer>()
  const release = (): void => {
    for (const balancer of balancers.values()) balancer.release()
  }
  try {
    for (const entry of BALANCERS) balancers.set(entry.name, await entry.start(surroundings))
    for (const entry of PROVIDERS) {
      if (entry.offered(surroundings.config)) providers.set(entry.name, await entry.start(surroundings))
    }
  } catch (error) {
    release()
    throw error
  }

  const { redis, store, clock } = surroundings
  const provider = perPool<Provider>(
    ({ provider: name, account, address, clones }) => JSON.stringify([name, account, address, clones]),
    (pool) => {
      const ready = named(providers, 'provider', pool.provider)
      return deferProvider(pool.provider, () => ready.open(pool), figuresOf(ready))
    },
  )
  const balancer = perPool<Balancer>(
    (pool) => JSON.stringify([pool.balancer, pool.balancerSettings, pool.account, pool.healthPath]),
    (pool) => {
      const ready = named(balancers, 'balancer', pool.balancer)
      return deferBalancer(pool.balancer, () =>
        ready.open(pool, {
          members: async () => (await store.load(pool.id))?.members ?? [],
          record: createMemberRecord(redis, pool.id),
          elapsed: () => clock.now() - clock.steps(),
          isHealthy: async (url) => (await probe(url + pool.healthPath, HEALTH_DEADLINE_MS)).healthy,
        }),
      )
    },
  )
  return {
    provider,
    balancer,
    timing: (pool) => named(providers, 'provider', pool.provider).timing,
    balancers: [...balancers].map(([name, { about }]) => ({ name, about })),
    balancerUrl: balancers.get('builtin')?.url ?? null,
    release,
  }
}

/** Keeps one for each pool, made anew when `key` changes. */
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
function named<T>(all: ReadonlyMap<string, T>, what: string, name: string): T {
  const found = all.get(name)
  if (found !== undefined) return found
  throw new SpinupError(
    'notFound',
    `There is no ${what} called ${name} here; there is ${[...all.keys()].join(', ') || 'none'}. Check the configuration this bot was started with.`,
  )
}

/** What is known of a provider before it is open. */
function figuresOf({ leastBill, usualBootMs }: ReadyProvider): Pick<Provider, 'leastBill' | 'usualBootMs'> {
  return {
    ...(leastBill === undefined ? {} : { leastBill }),
    ...(usualBootMs === undefined ? {} : { usualBootMs }),
  }
}
