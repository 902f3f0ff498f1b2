import { z } from 'zod'
import { holdOn, permitted, type Permit } from '../../core/model/bound.ts'
import type { CreateRequest, Droplet, Provider, Snapshot } from '../provider.ts'
import { SpinupError } from '../../core/model/error.ts'
import { call } from './call.ts'
import type { Call } from './call.ts'
import { dropletSchema, dropletsSchema, prunedSchema, snapshotSchema } from './protocol.ts'
import type { Fault, Network, SeedRequest } from './protocol.ts'

/** What only the cloud on the laptop can do, beside the provider contract. */
export interface LocalCloud extends Provider {
  /** As the contract says; with `network` the clone has an address of its own. */
  create(request: CreateRequest & { readonly network?: Network }, permit: Permit): Promise<Droplet>
  /** Makes the first droplet from a folder with a `droplet.json`; a droplet of that name is returned as it is. */
  seed(request: SeedRequest): Promise<Droplet>
  /** Writes the agent's configuration onto the droplet and starts, or restarts, its agent. */
  installAgent(dropletId: string, configJson: string): Promise<void>
  /** Makes things go wrong, for tests and drills. */
  readonly faults: {
    /** Each armed fault hits the next create that has not been hit by one of its kind. */
    arm(fault: Fault): Promise<void>
    clear(): Promise<void>
  }
}

const nothing = z.unknown()

function droplet(id: string): string {
  return `/v1/droplets/${encodeURIComponent(id)}`
}

/** The provider behind the hypervisor socket `path`, as told by `startHypervisor`. */
export function createLocalProvider(options: { readonly path: string }): LocalCloud {
  const send = <T>(request: Call, schema: z.ZodType<T>): Promise<T | null> => call(options.path, request, schema)

  async function need<T>(request: Call, schema: z.ZodType<T>, what: string): Promise<T> {
    const answer = await send(request, schema)
    if (answer === null) throw new SpinupError('providerFailed', `${what} does not exist at the local cloud.`)
    return answer
  }

  return {
    name: 'local',
    async list(tag) {
      const query = tag === undefined ? '' : `?tag=${encodeURIComponent(tag)}`
      return (await send({ method: 'GET', path: `/v1/droplets${query}` }, dropletsSchema)) ?? []
    },
    get: (id): Promise<Droplet | null> => send({ method: 'GET', path: droplet(id) }, dropletSchema),
    async create(request, permit): Promise<Droplet> {
      const body = { ...request, bound: await permitted(permit, request.name) }
      return need({ method: 'POST', path: '/v1/droplets', body }, dropletSchema, `Snapshot ${request.snapshotId}`)
    },
    async power(id, to, still) {
      await holdOn(still, `droplet ${id}`)
      await need({ method: 'POST', path: `${droplet(id)}/power`, body: { to } }, nothing, `Droplet ${id}`)
    },
    async snapshot(id, name, still): Promise<Snapshot> {
      await holdOn(still, `the snapshot ${name}`)
      return need({ method: 'POST', path: `${droplet(id)}/snapshots`, body: { name } }, snapshotSchema, `Droplet ${id}`)
    },
    async destroy(id, still) {
      await holdOn(still, `droplet ${id}`)
      await send({ method: 'DELETE', path: droplet(id) }, nothing)
    },
    async pruneSnapshots(originId, keep, inUse, still) {
      await holdOn(still, `the snapshots of ${originId}`)
      const request: Call = {
        method: 'POST',
        path: `${droplet(originId)}/snapshots/prune`,
        body: { keep, inUse: [...inUse] },
      }
      return (await send(request, prunedSchema))?.deleted ?? 0
    },
    seed: (request) => need({ method: 'POST', path: '/v1/seeds', body: request }, dropletSchema, request.name),
    async installAgent(id, config) {
      await need({ method: 'PUT', path: `${droplet(id)}/agent`, body: { config } }, nothing, `Droplet ${id}`)
    },
    faults: {
      async arm(fault) {
        await send({ method: 'POST', path: '/v1/faults', body: fault }, nothing)
      },
      async clear() {
        await send({ method: 'DELETE', path: '/v1/faults' }, nothing)
      },
    },
  }
}
