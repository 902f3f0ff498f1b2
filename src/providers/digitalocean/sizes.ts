import { sizeSchema } from './answers.ts'
import { sizeWords } from './droplets.ts'
import type { Edge } from './edge.ts'
import { everyPage } from './pages.ts'
import type { LeastBill } from '../../core/model/billing.ts'

/** A size of droplet, for people who choose and for costs. */
export interface Size {
  readonly slug: string
  /** e.g. `2 vCPU, 4 GB`. */
  readonly about: string
  readonly vcpus: number
  readonly memoryMib: number
  readonly diskGib: number
  readonly dollarsPerHour: number
  readonly dollarsPerMonth: number
  /** Slugs of the regions that have it now. */
  readonly regions: readonly string[]
  readonly available: boolean
}

/** Every size, cheapest first. */
export async function listSizes(edge: Edge): Promise<readonly Size[]> {
  const listed = await everyPage(edge, {
    what: 'list the sizes',
    scope: 'sizes:read',
    field: 'sizes',
    item: sizeSchema,
    idOf: (size) => size.slug,
    send: (client, page) => client.size.listSizes(page),
  })
  return (listed ?? [])
    .map((size) => ({
      slug: size.slug,
      about: sizeWords(size.vcpus, size.memory),
      vcpus: size.vcpus,
      memoryMib: size.memory,
      diskGib: size.disk,
      dollarsPerHour: size.price_hourly,
      dollarsPerMonth: size.price_monthly,
      regions: size.regions,
      available: size.available,
    }))
    .toSorted((a, b) => a.dollarsPerHour - b.dollarsPerHour || a.slug.localeCompare(b.slug))
}

/** Why no droplet of that size with so large a disk can be made there, as an end of "SIZE …"; null: it can. */
export function unfitSize(size: Size, wanted: { readonly region: string; readonly diskGib: number }): string | null {
  if (size.diskGib < wanted.diskGib) return `has a disk of ${size.diskGib} GB, and ${wanted.diskGib} GB are needed`
  return size.available && size.regions.includes(wanted.region) ? null : `is not available in ${wanted.region} now`
}

/** Droplets are billed by the second, but 60 s and $0.01 at least. */
export const LEAST_BILL: LeastBill = { ms: 60_000, dollars: 0.01 }
