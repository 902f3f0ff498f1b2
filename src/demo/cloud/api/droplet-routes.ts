import { notFound, unprocessable } from './api-error.ts'
import { refuseLocked } from './actions.ts'
import { createDroplets } from './droplet-create.ts'
import { destroy } from './droplet-life.ts'
import { presentFirewall } from './firewall-routes.ts'
import { isListed } from './late-listing.ts'
import { bent, page } from './page.ts'
import { instant, presentDroplet, snapshotsOf } from './present.ts'
import type { DropletRecord } from './records.ts'
import { needScope } from './route.ts'
import type { Call, Route } from './route.ts'
import { findTag, hasTag, tagged } from './tags.ts'

/** The droplet of the path, or 404. */
export function dropletOf(call: Call): DropletRecord {
  const droplet = call.world.droplets.get(Number(call.params['droplet_id']))
  if (!droplet) throw notFound()
  return droplet
}

function listed(call: Call): DropletRecord[] {
  const tag = call.query.get('tag_name')
  const name = call.query.get('name')
  // None has a GPU.
  if (call.query.get('type') === 'gpus') return []
  return [...call.world.droplets.values()].filter(
    (droplet) =>
      isListed(call.world, droplet.id) &&
      (tag === null || hasTag(droplet, tag)) &&
      (name === null || droplet.name.toLowerCase() === name.toLowerCase()),
  )
}

/** Create, list, get, delete, and what hangs off a droplet. */
export const dropletRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/droplets',
    operation: 'droplets_list',
    scopes: ['droplet:read'],
    run: (call) => page(call, 'droplets', listed(call), (droplet) => presentDroplet(call.world, droplet)),
  },
  {
    method: 'POST',
    path: '/v2/droplets',
    operation: 'droplets_create',
    scopes: ['droplet:create'],
    run: createDroplets,
  },
  {
    method: 'DELETE',
    path: '/v2/droplets',
    operation: 'droplets_destroy_byTag',
    scopes: ['droplet:delete'],
    run(call) {
      needScope(call, 'tag:read')
      const tag = call.query.get('tag_name')
      if (tag === null || tag === '') throw unprocessable('tag_name is required')
      if (!findTag(call.world, tag)) throw notFound()
      // One that is busy is left alone: the answer only says that the request was taken.
      for (const droplet of tagged(call.world, tag)) if (droplet.lockedBy === null) destroy(call.world, droplet)
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/v2/droplets/{droplet_id}',
    operation: 'droplets_get',
    scopes: ['droplet:read'],
    run: (call) => ({
      status: 200,
      body: { droplet: bent(call.world, 'droplets', [presentDroplet(call.world, dropletOf(call))])?.[0] },
    }),
  },
  {
    method: 'DELETE',
    path: '/v2/droplets/{droplet_id}',
    operation: 'droplets_destroy',
    scopes: ['droplet:delete'],
    run(call) {
      const droplet = dropletOf(call)
      refuseLocked(droplet)
      destroy(call.world, droplet)
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/v2/droplets/{droplet_id}/snapshots',
    operation: 'droplets_list_snapshots',
    scopes: ['droplet:read'],
    run: (call) =>
      page(call, 'snapshots', snapshotsOf(call.world, dropletOf(call).id), (image) => ({
        id: image.id,
        name: image.name,
        regions: image.regions,
        created_at: instant(image.createdAt),
        min_disk_size: image.minDisk,
        size_gigabytes: image.sizeGigabytes,
        type: 'snapshot',
      })),
  },
  {
    method: 'GET',
    path: '/v2/droplets/{droplet_id}/firewalls',
    operation: 'droplets_list_firewalls',
    scopes: ['firewall:read'],
    run(call) {
      const droplet = dropletOf(call)
      const firewalls = [...call.world.firewalls.values()].filter(
        (firewall) => firewall.dropletIds.includes(droplet.id) || firewall.tags.some((tag) => hasTag(droplet, tag)),
      )
      return page(call, 'firewalls', firewalls, presentFirewall)
    },
  },
]
