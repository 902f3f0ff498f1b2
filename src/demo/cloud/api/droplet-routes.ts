import { needScope, notFound, route, unprocessable, type Call, type Route } from './route.ts'
import { refuseLocked } from './actions.ts'
import { createDroplet } from './droplet-create.ts'
import { destroy } from './droplet-life.ts'
import { isListed } from './world.ts'
import { bent, page } from './page.ts'
import { presentDroplet } from './present.ts'
import type { DropletRecord } from './records.ts'
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

/** Create, list, get and delete. */
export const dropletRoutes: readonly Route[] = [
  route('GET /v2/droplets', 'droplets_list', ['droplet:read'], (call) =>
    page(call, 'droplets', listed(call), (droplet) => presentDroplet(call.world, droplet)),
  ),
  route('POST /v2/droplets', 'droplets_create', ['droplet:create'], createDroplet),
  route('DELETE /v2/droplets', 'droplets_destroy_byTag', ['droplet:delete'], (call) => {
    needScope(call, 'tag:read')
    const tag = call.query.get('tag_name')
    if (tag === null || tag === '') throw unprocessable('tag_name is required')
    if (!findTag(call.world, tag)) throw notFound()
    // One that is busy is left alone: the answer only says that the request was taken.
    for (const droplet of tagged(call.world, tag)) if (droplet.lockedBy === null) destroy(call.world, droplet)
    return { status: 204 }
  }),
  route('GET /v2/droplets/{droplet_id}', 'droplets_get', ['droplet:read'], (call) => ({
    status: 200,
    body: { droplet: bent(call.world, 'droplets', [presentDroplet(call.world, dropletOf(call))])?.[0] },
  })),
  route('DELETE /v2/droplets/{droplet_id}', 'droplets_destroy', ['droplet:delete'], (call) => {
    const droplet = dropletOf(call)
    refuseLocked(droplet)
    destroy(call.world, droplet)
    return { status: 204 }
  }),
]
