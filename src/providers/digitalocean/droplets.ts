import { z } from 'zod'
import type { Droplet } from '../provider.ts'
import { dropletSchema, type DropletAnswer } from './answers.ts'
import type { Edge } from './edge.ts'
import { everyPage } from './pages.ts'
import { vendorId } from './tags.ts'

/** Where a droplet's web app answers. */
export interface AppAddress {
  readonly network: 'public' | 'private'
  readonly port: number
}

const STATUS: Readonly<Record<string, Droplet['status']>> = { active: 'active', off: 'off', archive: 'off' }

/** A droplet in the contract's words. */
export function dropletOf(answer: DropletAnswer, address: AppAddress): Droplet {
  const ip = addressOf(answer, address.network)
  return {
    id: answer.id,
    name: answer.name,
    // Nothing is done to one that is `new`, so one of unknown status is left alone.
    status: STATUS[answer.status] ?? 'new',
    url: ip === null ? null : `http://${ip.includes(':') ? `[${ip}]` : ip}:${address.port}`,
    tags: answer.tags,
    createdAt: answer.created_at,
    dollarsPerHour: answer.size.price_hourly,
    size: sizeWords(answer.vcpus, answer.memory),
    region: answer.region.slug,
  }
}

/** Its IPv4 address, or its IPv6 address where it has no other; null: none in that network. */
export function addressOf({ networks }: DropletAnswer, network: AppAddress['network']): string | null {
  return [...networks.v4, ...networks.v6].find((one) => one.type === network)?.ip_address ?? null
}

/** e.g. `2 vCPU, 4 GB` of MiB. */
export function sizeWords(vcpus: number | null, memoryMib: number | null): string {
  if (vcpus === null || memoryMib === null) return 'unknown size'
  const memory = memoryMib >= 1024 ? `${Math.round(memoryMib / 102.4) / 10} GB` : `${memoryMib} MB`
  return `${vcpus} vCPU, ${memory}`
}

/** Every droplet of the account that can be read, or all of those that carry `tag`: those are paid for by Spinup. */
export async function listDroplets(edge: Edge, tag?: string): Promise<readonly DropletAnswer[]> {
  const listed = await everyPage(edge, {
    what: 'list the droplets',
    scope: 'droplet:read',
    field: 'droplets',
    item: dropletSchema,
    ...(tag === undefined ? {} : { whole: true }),
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
