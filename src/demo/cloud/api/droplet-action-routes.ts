import { z } from 'zod'
import { refuseLocked, startAction } from './actions.ts'
import { notFound, unprocessable } from './api-error.ts'
import { setPower, takeSnapshot } from './droplet-life.ts'
import { dropletOf } from './droplet-routes.ts'
import { listLate } from './late-listing.ts'
import { page } from './page.ts'
import { presentAction } from './present.ts'
import type { ActionRecord, DropletRecord } from './records.ts'
import { bodyOf, needScope } from './route.ts'
import type { Call, Route } from './route.ts'
import { tagged } from './tags.ts'

const schema = z.object({
  type: z.string(),
  name: z.string().optional(),
  size: z.string().optional(),
  disk: z.boolean().optional(),
  image: z.union([z.string(), z.number().int()]).optional(),
})
type Wanted = z.infer<typeof schema>

/** What an action does when its time is up; checks throw before it begins. */
function effectOf(call: Call, droplet: DropletRecord, wanted: Wanted): () => void | Promise<void> {
  const { world } = call
  switch (wanted.type) {
    case 'power_on':
      if (droplet.status === 'active') throw unprocessable('Droplet is already powered on')
      return () => setPower(world, droplet, 'on')
    case 'power_off':
    case 'shutdown':
      if (droplet.status === 'off') throw unprocessable('Droplet is already powered off')
      return () => setPower(world, droplet, 'off')
    case 'reboot':
    case 'power_cycle':
      if (droplet.status === 'off') throw unprocessable('Droplet is powered off')
      return async () => {
        await setPower(world, droplet, 'off')
        await setPower(world, droplet, 'on')
      }
    case 'snapshot': {
      needScope(call, 'image:create')
      const name = wanted.name ?? `${droplet.name}-${world.now()}`
      return async () => {
        const image = await takeSnapshot(world, droplet, name)
        listLate(world, image.id, call.actionFaults)
      }
    }
    case 'rename': {
      const { name } = wanted
      if (name === undefined || name === '') throw unprocessable("Name can't be blank")
      return () => {
        droplet.name = name
      }
    }
    case 'resize': {
      needScope(call, 'droplet:create')
      const size = world.sizes.get(wanted.size ?? '')
      if (!size) throw unprocessable('You specified an invalid size.')
      if (droplet.status !== 'off') throw unprocessable('Droplet must be powered off to resize.')
      if (size.disk < droplet.disk) throw unprocessable('This size is not available because it has a smaller disk.')
      return () => {
        droplet.sizeSlug = size.slug
        if (wanted.disk) droplet.disk = size.disk
      }
    }
    case 'rebuild':
    case 'restore': {
      needScope(call, 'droplet:admin')
      const image = [...world.images.values()].find(
        (one) => one.id === Number(wanted.image) || (one.slug !== null && one.slug === wanted.image),
      )
      if (!image) throw unprocessable('You specified an invalid image.')
      return () => {
        droplet.imageId = image.id
      }
    }
    case 'enable_ipv6':
    case 'enable_backups':
      return () => {
        droplet.features.add(wanted.type.replace('enable_', ''))
      }
    case 'disable_backups':
      return () => {
        droplet.features.delete('backups')
      }
    case 'password_reset':
      needScope(call, 'droplet:admin')
      return () => undefined
    default:
      throw unprocessable(`${wanted.type} is not a valid action.`)
  }
}

function begin(call: Call, droplet: DropletRecord, wanted: Wanted): ActionRecord {
  const { timings } = call.world
  refuseLocked(droplet)
  const perform = effectOf(call, droplet, wanted)
  const ms = wanted.type === 'snapshot' ? timings.snapshotMs : timings.powerMs
  return startAction(call.world, droplet, { type: wanted.type, ms, perform }, call.actionFaults)
}

function actionsOf(call: Call, droplet: DropletRecord): ActionRecord[] {
  return [...call.world.actions.values()].filter((action) => action.resourceId === droplet.id).toReversed()
}

/** Droplet actions, and every action by its id. */
export const dropletActionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v2/droplets/{droplet_id}/actions',
    operation: 'dropletActions_post',
    scopes: ['droplet:update'],
    run(call) {
      const action = begin(call, dropletOf(call), bodyOf(call, schema))
      return { status: 201, body: { action: presentAction(call.world, action) } }
    },
  },
  {
    method: 'POST',
    path: '/v2/droplets/actions',
    operation: 'dropletActions_post_byTag',
    scopes: ['droplet:update'],
    run(call) {
      const wanted = bodyOf(call, schema)
      const actions = tagged(call.world, call.query.get('tag_name') ?? '').map((one) => begin(call, one, wanted))
      return { status: 201, body: { actions: actions.map((action) => presentAction(call.world, action)) } }
    },
  },
  {
    method: 'GET',
    path: '/v2/droplets/{droplet_id}/actions',
    operation: 'dropletActions_list',
    scopes: ['droplet:read'],
    run: (call) => page(call, 'actions', actionsOf(call, dropletOf(call)), (one) => presentAction(call.world, one)),
  },
  {
    method: 'GET',
    path: '/v2/droplets/{droplet_id}/actions/{action_id}',
    operation: 'dropletActions_get',
    scopes: ['droplet:read'],
    run(call) {
      const action = call.world.actions.get(Number(call.params['action_id']))
      if (!action || action.resourceId !== dropletOf(call).id) throw notFound()
      return { status: 200, body: { action: presentAction(call.world, action) } }
    },
  },
  {
    method: 'GET',
    path: '/v2/actions',
    operation: 'actions_list',
    scopes: ['actions:read'],
    run: (call) =>
      page(call, 'actions', [...call.world.actions.values()].toReversed(), (one) => presentAction(call.world, one)),
  },
  {
    method: 'GET',
    path: '/v2/actions/{action_id}',
    operation: 'actions_get',
    scopes: ['actions:read'],
    run(call) {
      const action = call.world.actions.get(Number(call.params['action_id']))
      if (!action) throw notFound()
      return { status: 200, body: { action: presentAction(call.world, action) } }
    },
  },
]
