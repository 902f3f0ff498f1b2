import { NO_FIGURES, type Balancer } from '../../src/balancers/balancer.ts'
import type { BackendState } from '../../src/core/model/backend.ts'
import { checkBound, holdOn, permitted } from '../../src/core/model/bound.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import type { CreateRequest, Droplet, Provider } from '../../src/providers/provider.ts'

/** A cloud in memory that keeps the provider contract: a droplet is active as soon as it is made. */
export interface Yard extends Provider {
  readonly droplets: Map<string, Droplet>
  /** Every call that changes something, e.g. `create web-2`. */
  readonly calls: string[]
  /** Called before a create does anything, and after; may throw or wait. */
  before: (request: CreateRequest) => Promise<void> | void
  after: (request: CreateRequest) => Promise<void> | void
}

/** `urlOf` gives a droplet's base URL by its name. */
export function createYard(now: () => number, urlOf: (name: string) => string): Yard {
  const droplets = new Map<string, Droplet>()
  const calls: string[] = []
  let made = 0
  const add = (name: string, tags: readonly string[]): Droplet => {
    const droplet: Droplet = {
      id: `d${++made}`,
      name,
      status: 'active',
      url: urlOf(name),
      tags,
      createdAt: now(),
      dollarsPerHour: 0.006,
      size: '1 vCPU',
      region: 'here',
    }
    droplets.set(droplet.id, droplet)
    return droplet
  }
  add('web', [])
  const yard: Yard = {
    name: 'yard',
    droplets,
    calls,
    before: () => undefined,
    after: () => undefined,
    list: async (tag) => [...droplets.values()].filter((one) => tag === undefined || one.tags.includes(tag)),
    get: async (id) => droplets.get(id) ?? null,
    create: async (request, permit) => {
      calls.push(`create ${request.name}`)
      await yard.before(request)
      const bound = await permitted(permit, request.name)
      const all = [...droplets.values()]
      const known = all.find((one) => one.tags.includes(request.operationTag))
      if (known === undefined) {
        checkBound(
          bound,
          all.filter(({ tags }) => tags.includes(bound.tag)),
        )
      }
      const droplet = known ?? add(request.name, [...request.tags, request.operationTag])
      await yard.after(request)
      return droplet
    },
    power: async (id, to, still) => {
      await holdOn(still, id)
      calls.push(`power ${id} ${to}`)
      const droplet = droplets.get(id)
      if (droplet !== undefined) droplets.set(id, { ...droplet, status: to === 'on' ? 'active' : 'off' })
    },
    snapshot: async (id, name) => {
      calls.push(`snapshot ${id}`)
      return { id: `image-${name}`, complete: true, progress: 1 }
    },
    destroy: async (id, still) => {
      await holdOn(still, id)
      calls.push(`destroy ${id}`)
      droplets.delete(id)
    },
  }
  return yard
}

/** A balancer in memory that keeps the contract: who is added is healthy at once, unless `sick`. */
export interface Responder extends Balancer {
  readonly backends: Map<string, BackendState>
  readonly calls: string[]
  readonly sick: Set<string>
  loads: Readonly<Record<string, number>>
  /** Out of reach. */
  shut: boolean
}

export function createResponder(): Responder {
  const backends = new Map<string, BackendState>()
  const calls: string[] = []
  const knock = (): void => {
    if (door.shut) throw new SpinupError('balancerFailed', 'The door is shut; open it.', { retryable: true })
  }
  const change = (what: string, url: string): void => {
    knock()
    calls.push(`${what} ${url}`)
  }
  const door: Responder = {
    kind: 'door',
    backends,
    calls,
    sick: new Set(),
    loads: {},
    shut: false,
    add: async (url) => {
      change('add', url)
      backends.set(url, { ...NO_FIGURES, url, state: 'healthy', inFlight: 0, failed: 0 })
    },
    drain: async (url) => {
      change('drain', url)
      const known = backends.get(url)
      if (known !== undefined) backends.set(url, { ...known, state: 'draining' })
    },
    remove: async (url) => {
      change('remove', url)
      backends.delete(url)
    },
    list: async () => {
      knock()
      const ill = (one: BackendState): boolean => one.state === 'healthy' && door.sick.has(one.url)
      return [...backends.values()].map((one) => (ill(one) ? { ...one, state: 'unhealthy' } : one))
    },
    queued: async () => {
      knock()
      return null
    },
    weigh: async (loads) => {
      knock()
      door.loads = loads
    },
  }
  return door
}
