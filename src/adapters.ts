import { SpinupError } from './core/model/error.ts'
import { BALANCERS, PROVIDERS, type ReadyBalancer, type ReadyProvider, type Surroundings } from './registry.ts'

/** The providers and balancers of this bot, by registry name. */
export interface Adapters {
  readonly providers: ReadonlyMap<string, ReadyProvider>
  readonly balancers: ReadonlyMap<string, ReadyBalancer>
  /** Lets go of what Spinup runs itself; it goes on serving. */
  release(): void
}

/** Starts every adapter that this configuration offers. */
export async function startAdapters(surroundings: Surroundings): Promise<Adapters> {
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
  return { providers, balancers, release }
}

/** The one of that name; throws `notFound` saying which there are. */
export function named<T>(all: ReadonlyMap<string, T>, what: string, name: string): T {
  const found = all.get(name)
  if (found !== undefined) return found
  throw new SpinupError(
    'notFound',
    `There is no ${what} called ${name} here; there is ${[...all.keys()].join(', ') || 'none'}. Check the configuration this bot was started with.`,
  )
}
