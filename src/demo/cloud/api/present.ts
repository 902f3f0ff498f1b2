import type {
  ActionRecord,
  DropletRecord,
  ImageRecord,
  RegionRecord,
  SizeRecord,
  SshKeyRecord,
  VpcRecord,
} from './records.ts'
import type { World } from './world.ts'

/** The API tells whole seconds. */
export function instant(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

export function presentRegion(world: World, region: RegionRecord): unknown {
  return {
    name: region.name,
    slug: region.slug,
    features: ['backups', 'ipv6', 'metadata', 'install_agent', 'storage', 'image_transfer'],
    available: region.available,
    sizes: [...world.sizes.values()].filter((size) => isSoldIn(size, region)).map((size) => size.slug),
  }
}

export function regionOf(world: World, slug: string): unknown {
  const region = world.regions.get(slug)
  return region ? presentRegion(world, region) : null
}

/** Whether a droplet of that size can be made there now. */
export function isSoldIn(size: SizeRecord, region: RegionRecord): boolean {
  return region.available && !size.soldOutIn.has(region.slug)
}

export function presentSize(world: World, size: SizeRecord): unknown {
  return {
    slug: size.slug,
    memory: size.memory,
    vcpus: size.vcpus,
    disk: size.disk,
    transfer: size.transfer,
    price_monthly: size.priceMonthly,
    price_hourly: size.priceHourly,
    regions: [...world.regions.values()].filter((region) => isSoldIn(size, region)).map((region) => region.slug),
    available: true,
    description: size.description,
    disk_info: [{ type: 'local', size: { amount: size.disk, unit: 'gib' } }],
  }
}

export function presentImage(image: ImageRecord): unknown {
  return {
    id: image.id,
    name: image.name,
    distribution: image.distribution,
    slug: image.slug,
    public: image.public,
    regions: image.regions,
    created_at: instant(image.createdAt),
    min_disk_size: image.minDisk,
    type: image.type,
    size_gigabytes: image.sizeGigabytes,
    description: '',
    tags: image.tags,
    status: 'available',
  }
}

/** As `/v2/snapshots` tells it: ids are text there. */
export function presentSnapshot(image: ImageRecord): unknown {
  return {
    id: String(image.id),
    name: image.name,
    regions: image.regions,
    created_at: instant(image.createdAt),
    resource_id: String(image.dropletId),
    resource_type: 'droplet',
    min_disk_size: image.minDisk,
    size_gigabytes: image.sizeGigabytes,
    tags: image.tags,
  }
}

export function presentAction(world: World, action: ActionRecord): unknown {
  return {
    id: action.id,
    status: action.status,
    type: action.type,
    started_at: instant(action.startedAt),
    completed_at: action.completedAt === null ? null : instant(action.completedAt),
    resource_id: action.resourceId,
    resource_type: action.resourceType,
    region: regionOf(world, action.regionSlug),
    region_slug: action.regionSlug,
  }
}

export function presentDroplet(world: World, droplet: DropletRecord): unknown {
  const size = world.sizes.get(droplet.sizeSlug)
  const image = world.images.get(droplet.imageId)
  return {
    id: droplet.id,
    name: droplet.name,
    memory: size?.memory,
    vcpus: size?.vcpus,
    disk: droplet.disk,
    disk_info: [{ type: 'local', size: { amount: droplet.disk, unit: 'gib' } }],
    locked: droplet.lockedBy !== null,
    status: droplet.status,
    kernel: null,
    created_at: instant(droplet.createdAt),
    features: [...droplet.features],
    backup_ids: [],
    next_backup_window: null,
    snapshot_ids: snapshotsOf(world, droplet.id).map((snapshot) => snapshot.id),
    // The image may be deleted while droplets made from it live on.
    image: image ? presentImage(image) : { id: droplet.imageId, name: '', tags: [], regions: [], public: false },
    volume_ids: droplet.volumeIds,
    size: size ? presentSize(world, size) : null,
    size_slug: droplet.sizeSlug,
    networks: presentNetworks(droplet),
    region: regionOf(world, droplet.regionSlug),
    tags: droplet.tags,
    vpc_uuid: droplet.vpcId,
  }
}

export function snapshotsOf(world: World, dropletId: number): ImageRecord[] {
  return [...world.images.values()].filter((image) => image.type === 'snapshot' && image.dropletId === dropletId)
}

function presentNetworks(droplet: DropletRecord): unknown {
  const gateway = (ip: string): string => ip.replace(/\d+$/, '1')
  return {
    v4: [
      ...(droplet.privateIp === null
        ? []
        : [
            {
              ip_address: droplet.privateIp,
              netmask: '255.255.240.0',
              gateway: gateway(droplet.privateIp),
              type: 'private',
            },
          ]),
      ...(droplet.publicIp === null
        ? []
        : [
            {
              ip_address: droplet.publicIp,
              netmask: '255.255.255.0',
              gateway: gateway(droplet.publicIp),
              type: 'public',
            },
          ]),
    ],
    v6:
      droplet.publicIp6 === null
        ? []
        : [{ ip_address: droplet.publicIp6, netmask: 64, gateway: '2001:db8::1', type: 'public' }],
  }
}

export function presentKey(key: SshKeyRecord): unknown {
  return { id: key.id, fingerprint: key.fingerprint, public_key: key.publicKey, name: key.name }
}

export function presentVpc(vpc: VpcRecord): unknown {
  return {
    id: vpc.id,
    urn: `do:vpc:${vpc.id}`,
    name: vpc.name,
    description: vpc.description,
    region: vpc.regionSlug,
    ip_range: vpc.ipRange,
    default: vpc.isDefault,
    created_at: instant(vpc.createdAt),
  }
}
