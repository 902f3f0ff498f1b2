import { z } from 'zod'
import type { Droplet } from '../provider.ts'
import { dropletSchema, type DropletAnswer } from './answers.ts'
import type { Edge } from './edge.ts'
import { everyPage } from './pages.ts'
import { vendorId } from './vendor-id.ts'

/** Where a droplet's web app answers. */
export interface AppAddress {
  readonly network: 'public' | 'private'
  readonly port: number
}

/** A droplet in the contract's words; archived ones count as off. */
export function dropletOf(answer: DropletAnswer, address: AppAddress): Droplet {
  const ip = answer.networks.v4.find((one) => one.type === address.network && one.ip_address !== '')?.ip_address
  return {
    id: answer.id,
    name: answer.name,
    status: answer.status === 'archive' ? 'off' : answer.status,
    url: ip === undefined ? null : `http://${ip}:${address.port}`,
    tags: answer.tags,
    createdAt: answer.created_at,
    dollarsPerHour: answer.size.price_hourly,
    size: sizeWords(answer.vcpus, answer.memory),
    region: answer.region.slug,
  }
}

/** e.g. `2 vCPU, 4 GB` of MiB. */
export function sizeWords(vcpus: number, memoryMib: number): string {
  const memory = memoryMib >= 1024 ? `${Math.round(memoryMib / 102.4) / 10} GB` : `${memoryMib} MB`
  return `${vcpus} vCPU, ${memory}`
}

/** Every droplet of the account, or those that carry `tag`. */
export async function listDroplets(edge: Edge, tag?: string): Promise<readonly DropletAnswer[]> {
  const listed = await everyPage(edge, {
    what: 'list the droplets',
    scope: 'droplet:read',
    field: 'droplets',
    item: dropletSchema,
    idOf: (droplet) => droplet.id,
    send: (client, page) => client.droplet.listDroplets(tag === undefined ? page : { ...page, tag_name: tag }),
  })
  // Of a tag nobody has used yet it may say 404.
  return listed ?? []
}

/** One droplet; null: there is none (any more). */
export async function getDroplet(edge: Edge, id: string): Promise<DropletAnswer | null> {
  const number = vendorId(id)
  if (number === null) return null
  const found = await edge.find({
    what: `show droplet ${id}`,
    scope: 'droplet:read',
    repeatable: true,
    answer: z.object({ droplet: dropletSchema }),
    send: (client) => client.droplet.getDroplet({ droplet_id: number }),
  })
  return found?.droplet ?? null
}
