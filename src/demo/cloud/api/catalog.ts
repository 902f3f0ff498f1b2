import type { ImageRecord, RegionRecord, SizeRecord } from './records.ts'

const closed = new Set(['nyc2', 'sfo1', 'ams2'])

/** The public regions; a few take no new droplets any more. */
export function regionCatalog(): RegionRecord[] {
  const names: readonly (readonly [slug: string, name: string])[] = [
    ['nyc1', 'New York 1'],
    ['sfo1', 'San Francisco 1'],
    ['nyc2', 'New York 2'],
    ['ams2', 'Amsterdam 2'],
    ['sgp1', 'Singapore 1'],
    ['lon1', 'London 1'],
    ['nyc3', 'New York 3'],
    ['ams3', 'Amsterdam 3'],
    ['fra1', 'Frankfurt 1'],
    ['tor1', 'Toronto 1'],
    ['sfo2', 'San Francisco 2'],
    ['blr1', 'Bangalore 1'],
    ['sfo3', 'San Francisco 3'],
    ['syd1', 'Sydney 1'],
  ]
  return names.map(([slug, name]) => ({ slug, name, available: !closed.has(slug) }))
}

type Row = readonly [
  slug: string,
  description: string,
  memory: number,
  vcpus: number,
  disk: number,
  transfer: number,
  monthly: number,
  hourly: number,
]

/** Sizes with the public list's prices, dollars. */
export function sizeCatalog(): SizeRecord[] {
  const rows: readonly Row[] = [
    ['s-1vcpu-512mb-10gb', 'Basic', 512, 1, 10, 0.5, 4, 0.00595],
    ['s-1vcpu-1gb', 'Basic', 1024, 1, 25, 1, 6, 0.00893],
    ['s-1vcpu-1gb-amd', 'Basic AMD', 1024, 1, 25, 1, 7, 0.01042],
    ['s-1vcpu-1gb-intel', 'Basic Intel', 1024, 1, 25, 1, 7, 0.01042],
    ['s-1vcpu-2gb', 'Basic', 2048, 1, 50, 2, 12, 0.01786],
    ['s-1vcpu-2gb-amd', 'Basic AMD', 2048, 1, 50, 2, 14, 0.02083],
    ['s-1vcpu-2gb-intel', 'Basic Intel', 2048, 1, 50, 2, 14, 0.02083],
    ['s-2vcpu-2gb', 'Basic', 2048, 2, 60, 3, 18, 0.02679],
    ['s-2vcpu-2gb-amd', 'Basic AMD', 2048, 2, 60, 3, 21, 0.03125],
    ['s-2vcpu-4gb', 'Basic', 4096, 2, 80, 4, 24, 0.03571],
    ['s-2vcpu-4gb-amd', 'Basic AMD', 4096, 2, 80, 4, 28, 0.04167],
    ['c-2', 'CPU-Optimized', 4096, 2, 25, 4, 42, 0.0625],
    ['s-4vcpu-8gb', 'Basic', 8192, 4, 160, 5, 48, 0.07143],
    ['s-4vcpu-8gb-amd', 'Basic AMD', 8192, 4, 160, 5, 56, 0.08333],
    ['g-2vcpu-8gb', 'General Purpose', 8192, 2, 25, 4, 63, 0.09375],
    ['c-4', 'CPU-Optimized', 8192, 4, 50, 5, 84, 0.125],
    ['m-2vcpu-16gb', 'Memory-Optimized', 16_384, 2, 50, 4, 84, 0.125],
    ['s-8vcpu-16gb', 'Basic', 16_384, 8, 320, 6, 96, 0.14286],
    ['g-4vcpu-16gb', 'General Purpose', 16_384, 4, 50, 5, 126, 0.1875],
    ['c-8', 'CPU-Optimized', 16_384, 8, 100, 6, 168, 0.25],
    ['c-16', 'CPU-Optimized', 32_768, 16, 200, 7, 336, 0.5],
  ]
  return rows.map(([slug, description, memory, vcpus, disk, transfer, priceMonthly, priceHourly]) => ({
    slug,
    description,
    memory,
    vcpus,
    disk,
    transfer,
    priceMonthly,
    priceHourly,
    soldOutIn: new Set(),
  }))
}

/** Distribution images everybody can use. */
export function baseImages(): ImageRecord[] {
  const regions = regionCatalog().map((region) => region.slug)
  const rows: readonly (readonly [id: number, slug: string, distribution: string, name: string])[] = [
    [155_133_621, 'ubuntu-24-04-x64', 'Ubuntu', '24.04 (LTS) x64'],
    [112_929_454, 'ubuntu-22-04-x64', 'Ubuntu', '22.04 (LTS) x64'],
    [155_133_540, 'debian-12-x64', 'Debian', '12 x64'],
  ]
  return rows.map(([id, slug, distribution, name]) => ({
    id,
    slug,
    distribution,
    name,
    type: 'base',
    public: true,
    regions: [...regions],
    createdAt: Date.UTC(2024, 3, 25),
    minDisk: 7,
    sizeGigabytes: 0.59,
    dropletId: null,
    tags: [],
  }))
}
