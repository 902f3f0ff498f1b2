import { startAction } from './actions.ts'
import { freePrivateIp, freePublicIp, type World } from './world.ts'
import type { ActionFault } from './faults.ts'
import type { BackedDroplet } from './options.ts'
import { snapshotsOf } from './present.ts'
import type { ActionRecord, DropletRecord, ImageRecord } from './records.ts'

function backed(world: World, droplet: DropletRecord): BackedDroplet {
  return {
    id: droplet.id,
    name: droplet.name,
    region: droplet.regionSlug,
    size: droplet.sizeSlug,
    imageId: String(droplet.imageId),
    userData: droplet.userData,
    tags: droplet.tags,
    metadataUrl: `${world.origin()}/droplets/${droplet.id}`,
  }
}

/** The create action of a droplet that is already in the account, `new`. When it errs, the droplet stays `new`. */
export function boot(world: World, droplet: DropletRecord, faults: readonly ActionFault[]): ActionRecord {
  const perform = async (): Promise<void> => {
    const real = await world.options.backing?.boot(backed(world, droplet))
    if (!world.droplets.has(droplet.id)) return
    if (!droplet.inside) droplet.publicIp = real?.ip ?? freePublicIp(world)
    if (!droplet.inside && droplet.features.has('ipv6'))
      droplet.publicIp6 = `2001:db8::${(droplet.id >>> 16).toString(16)}:${(droplet.id & 0xffff).toString(16)}`
    droplet.privateIp = real?.ip ?? freePrivateIp(world, droplet.vpcId)
    droplet.port = real?.port ?? null
    droplet.status = 'active'
  }
  return startAction(world, droplet, { type: 'create', ms: world.timings.createMs, perform }, faults)
}

export async function setPower(world: World, droplet: DropletRecord, to: 'on' | 'off'): Promise<void> {
  await world.options.backing?.power(backed(world, droplet), to)
  droplet.status = to === 'on' ? 'active' : 'off'
}

/** The image appears when the snapshot is complete, not before. */
export async function takeSnapshot(world: World, droplet: DropletRecord, name: string): Promise<ImageRecord> {
  const id = world.nextId()
  await world.options.backing?.snapshot(backed(world, droplet), String(id))
  const source = world.images.get(droplet.imageId)
  const image: ImageRecord = {
    id,
    name,
    type: 'snapshot',
    distribution: source?.distribution ?? 'Ubuntu',
    slug: null,
    public: false,
    regions: [droplet.regionSlug],
    createdAt: world.now(),
    minDisk: droplet.disk,
    sizeGigabytes: 2.34 + snapshotsOf(world, droplet.id).length / 100,
    dropletId: droplet.id,
    tags: [],
  }
  world.images.set(id, image)
  return image
}

/** Gone for everyone: balancers, firewalls, projects. Its snapshots stay. */
export function destroy(world: World, droplet: DropletRecord): void {
  const forget = (): void => {
    world.droplets.delete(droplet.id)
    world.healthBySay.delete(droplet.id)
    for (const balancer of world.balancers.values()) {
      balancer.dropletIds = balancer.dropletIds.filter((id) => id !== droplet.id)
      balancer.health.delete(droplet.id)
    }
    for (const reserved of world.reservedIps) if (reserved.dropletId === droplet.id) reserved.dropletId = null
    for (const firewall of world.firewalls.values()) {
      firewall.dropletIds = firewall.dropletIds.filter((id) => id !== droplet.id)
    }
    for (const project of world.projects.values()) project.resources.delete(`do:droplet:${droplet.id}`)
    // The machine is gone from the account whether or not what was behind it stops cleanly.
    void world.options.backing?.destroy(backed(world, droplet)).catch(() => undefined)
  }
  if (world.timings.destroyMs === 0) forget()
  else startAction(world, droplet, { type: 'destroy', ms: world.timings.destroyMs, perform: forget })
}
