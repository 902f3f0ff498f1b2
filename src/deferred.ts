import type { Balancer } from './balancers/balancer.ts'
import type { Provider } from './providers/provider.ts'

/** A provider that loads when it is first used; `known`: what is asked of it without waiting. Loading is tried again by the next call when it failed. */
export function deferProvider(
  name: string,
  load: () => Promise<Provider>,
  known: Pick<Provider, 'leastBill' | 'usualBootMs'> = {},
): Provider {
  const ready = once(load)
  return {
    ...known,
    name,
    list: async (tag) => (await ready()).list(tag),
    get: async (id) => (await ready()).get(id),
    create: async (request, permit) => (await ready()).create(request, permit),
    power: async (id, to, still) => (await ready()).power(id, to, still),
    snapshot: async (id, label, still) => (await ready()).snapshot(id, label, still),
    destroy: async (id, still) => (await ready()).destroy(id, still),
    pruneSnapshots: async (...wanted) => (await (await ready()).pruneSnapshots?.(...wanted)) ?? 0,
  }
}

/** A balancer that loads when it is first used, as above. */
export function deferBalancer(kind: string, load: () => Promise<Balancer>): Balancer {
  const ready = once(load)
  return {
    kind,
    add: async (url) => (await ready()).add(url),
    drain: async (url) => (await ready()).drain(url),
    remove: async (url) => (await ready()).remove(url),
    list: async () => (await ready()).list(),
    queued: async () => (await ready()).queued(),
    obstacle: async () => (await (await ready()).obstacle?.()) ?? null,
    weigh: async (loads) => (await ready()).weigh(loads),
  }
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null
  return async () => {
    loading ??= load()
    try {
      return await loading
    } catch (error) {
      loading = null
      throw error
    }
  }
}
