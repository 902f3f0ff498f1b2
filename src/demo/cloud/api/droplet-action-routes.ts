import { z } from 'zod'
import { refuseLocked, startAction } from './actions.ts'
import { bodyOf, needScope, notFound, route, unprocessable, type Call, type Route } from './route.ts'
import { setPower, takeSnapshot } from './droplet-life.ts'
import { dropletOf } from './droplet-routes.ts'
import { listLate } from './world.ts'
import { page } from './page.ts'
import { presentAction } from './present.ts'
import type { ActionRecord, DropletRecord } from './records.ts'

const schema = z.object({ type: z.string(), name: z.string().optional() })
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
    case 'snapshot': {
      needScope(call, 'image:create')
      const name = wanted.name ?? `${droplet.name}-${world.now()}`
      return async () => {
        const image = await takeSnapshot(world, droplet, name)
        listLate(world, image.id, call.actionFaults)
      }
    }
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

function actionOf(call: Call): ActionRecord {
  const action = call.world.actions.get(Number(call.params['action_id']))
  if (!action) throw notFound()
  return action
}

/** Power and snapshots, and every action by its id. */
export const dropletActionRoutes: readonly Route[] = [
  route('POST /v2/droplets/{droplet_id}/actions', 'dropletActions_post', ['droplet:update'], (call) => {
    const action = begin(call, dropletOf(call), bodyOf(call, schema))
    return { status: 201, body: { action: presentAction(call.world, action) } }
  }),
  route('GET /v2/droplets/{droplet_id}/actions', 'dropletActions_list', ['droplet:read'], (call) =>
    page(call, 'actions', actionsOf(call, dropletOf(call)), (one) => presentAction(call.world, one)),
  ),
  route('GET /v2/droplets/{droplet_id}/actions/{action_id}', 'dropletActions_get', ['droplet:read'], (call) => {
    const action = actionOf(call)
    if (action.resourceId !== dropletOf(call).id) throw notFound()
    return { status: 200, body: { action: presentAction(call.world, action) } }
  }),
  route('GET /v2/actions', 'actions_list', ['actions:read'], (call) =>
    page(call, 'actions', [...call.world.actions.values()].toReversed(), (one) => presentAction(call.world, one)),
  ),
  route('GET /v2/actions/{action_id}', 'actions_get', ['actions:read'], (call) => ({
    status: 200,
    body: { action: presentAction(call.world, actionOf(call)) },
  })),
]
