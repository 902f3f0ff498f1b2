import { sizeSchema } from './answers.ts'
import { sizeWords } from './droplets.ts'
import type { Edge } from './edge.ts'
import { remember } from './flight.ts'
import { everyPage } from './pages.ts'

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
  /** Slugs of the regions that have it. */
  readonly regions: readonly string[]
  readonly available: boolean
}

export interface Prices {
  /** Cheapest first; read again after an hour. */
  sizes(): Promise<readonly Size[]>
  /** null: DigitalOcean has no such size (any more). */
  dollarsPerHour(slug: string): Promise<number | null>
}

const SIZES_MS = 3_600_000

export function createPrices(edge: Edge, now: () => number): Prices {
  const load = remember(SIZES_MS, now, async (): Promise<readonly Size[]> => {
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
  })
  return {
    sizes: () => load(''),
    dollarsPerHour: async (slug) => (await load('')).find((size) => size.slug === slug)?.dollarsPerHour ?? null,
  }
}
