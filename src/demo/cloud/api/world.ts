import { randomUUID } from 'node:crypto'
import { baseImages, regionCatalog, sizeCatalog } from './catalog.ts'
import { defaultTimings, type DigitalOceanOptions, type Timings } from './options.ts'
import type {
  ActionRecord,
  DropletRecord,
  FirewallRecord,
  ImageRecord,
  LoadBalancerRecord,
  ProjectRecord,
  RegionRecord,
  ReservedIpRecord,
  SizeRecord,
  SshKeyRecord,
  TagRecord,
  TokenRecord,
  VpcRecord,
} from './records.ts'
import type { ActionFault } from './faults.ts'

/** Everything the account has, and the clock it lives by. */
export interface World {
  readonly options: DigitalOceanOptions
  readonly timings: Timings
  readonly account: { readonly uuid: string; readonly email: string; dropletLimit: number }
  readonly regions: ReadonlyMap<string, RegionRecord>
  readonly sizes: ReadonlyMap<string, SizeRecord>
  readonly droplets: Map<number, DropletRecord>
  readonly actions: Map<number, ActionRecord>
  readonly images: Map<number, ImageRecord>
  /** By lower-cased name. */
  readonly tags: Map<string, TagRecord>
  readonly keys: Map<number, SshKeyRecord>
  readonly vpcs: Map<string, VpcRecord>
  readonly projects: Map<string, ProjectRecord>
  readonly firewalls: Map<string, FirewallRecord>
  readonly balancers: Map<string, LoadBalancerRecord>
  readonly tokens: Map<string, TokenRecord>
  readonly reservedIps: ReservedIpRecord[]
  /** What a test makes of a list before it is answered, by its name there, e.g. `droplets`. */
  readonly bends: Map<string, (entries: readonly unknown[]) => readonly unknown[] | null>
  /** What a test says of a droplet's health, over anything else. */
  readonly healthBySay: Map<number, boolean>
  /** When lists begin to show something, by its id, epoch ms; absent: from the start. */
  readonly listedFrom: Map<number, number>
  now(): number
  nextId(): number
  /** Does it after `ms`, unless the stand-in is stopped first. */
  later(ms: number, work: () => void | Promise<void>): void
  every(ms: number, work: () => void): void
  /** The server's own origin, known once it listens. */
  origin(): string
  stop(): void
}

export function createWorld(options: DigitalOceanOptions, origin: () => string): World {
  const timers = new Set<NodeJS.Timeout>()
  let lastId = 400_000_000
  let stopped = false
  const now = options.now ?? Date.now
  const projectId = randomUUID()
  return {
    options,
    timings: { ...defaultTimings, ...options.timings },
    account: {
      uuid: randomUUID().replaceAll('-', ''),
      email: 'ops@example.com',
      dropletLimit: options.dropletLimit ?? 25,
    },
    regions: new Map(regionCatalog().map((region) => [region.slug, region])),
    sizes: new Map(sizeCatalog().map((size) => [size.slug, size])),
    droplets: new Map(),
    actions: new Map(),
    images: new Map(baseImages().map((image) => [image.id, image])),
    tags: new Map(),
    keys: new Map(),
    vpcs: new Map(),
    projects: new Map([
      [
        projectId,
        {
          id: projectId,
          name: 'first-project',
          description: 'Update your project information under Settings',
          purpose: 'Web Application',
          environment: 'Production',
          isDefault: true,
          createdAt: now(),
          updatedAt: now(),
          resources: new Map(),
        },
      ],
    ]),
    firewalls: new Map(),
    balancers: new Map(),
    tokens: new Map(),
    reservedIps: [],
    bends: new Map(),
    healthBySay: new Map(),
    listedFrom: new Map(),
    now,
    nextId: () => ++lastId,
    later(ms, work) {
      if (stopped) return
      const timer = setTimeout(() => {
        timers.delete(timer)
        void work()
      }, ms)
      timers.add(timer)
    },
    every(ms, work) {
      timers.add(setInterval(work, ms))
    },
    origin,
    stop() {
      stopped = true
      // An interval's handle is cleared by the same call.
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

export function defaultProject(world: World): ProjectRecord {
  for (const project of world.projects.values()) if (project.isDefault) return project
  throw new Error('the account lost its default project')
}

/** The region's default VPC, made when it is first needed, as the real one is. */
export function defaultVpc(world: World, regionSlug: string): VpcRecord {
  for (const vpc of world.vpcs.values()) if (vpc.regionSlug === regionSlug && vpc.isDefault) return vpc
  const id = randomUUID()
  const vpc: VpcRecord = {
    id,
    name: `default-${regionSlug}`,
    description: '',
    regionSlug,
    ipRange: `10.${100 + world.vpcs.size}.0.0/20`,
    isDefault: true,
    createdAt: world.now(),
  }
  world.vpcs.set(id, vpc)
  return vpc
}

/** The networks set aside for documentation; no machine answers there. */
const publicNets = ['203.0.113', '198.51.100', '192.0.2']

function free(taken: ReadonlySet<string | null>, nets: readonly string[]): string {
  for (const net of nets) {
    for (let host = 2; host < 255; host++) if (!taken.has(`${net}.${host}`)) return `${net}.${host}`
  }
  throw new Error('the stand-in has no address left; delete some droplets')
}

export function freePublicIp(world: World): string {
  const droplets = [...world.droplets.values()].map((droplet) => droplet.publicIp)
  const balancers = [...world.balancers.values()].map((balancer) => balancer.ip)
  return free(new Set([...droplets, ...balancers]), publicNets)
}

export function freePrivateIp(world: World, vpcId: string): string {
  const range = world.vpcs.get(vpcId)?.ipRange ?? '10.0.0.0/20'
  const [one, two, three] = range.split('.')
  const nets = Array.from({ length: 16 }, (_, index) => `${one}.${two}.${Number(three) + index}`)
  return free(new Set([...world.droplets.values()].map((droplet) => droplet.privateIp)), nets)
}

/** Lists leave it out for as long as the faults say; requested by its id it is there. */
export function listLate(world: World, id: number, faults: readonly ActionFault[]): void {
  const ms = faults.reduce((sum, fault) => sum + (fault.kind === 'lateListing' ? fault.ms : 0), 0)
  if (ms > 0) world.listedFrom.set(id, world.now() + ms)
}

export function isListed(world: World, id: number): boolean {
  return (world.listedFrom.get(id) ?? 0) <= world.now()
}
