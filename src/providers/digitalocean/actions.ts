import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { actionSchema, type ActionAnswer } from './answers.ts'
import type { Client } from './client.ts'
import type { Edge, Outcome } from './edge.ts'
import { everyPage } from './pages.ts'
import { vendorId } from './tags.ts'

const oneSchema = z.object({ action: actionSchema })

/** What a droplet has been asked to do. */
export type ActionType = 'shutdown' | 'power_off' | 'power_on' | 'snapshot'

/** The droplet's actions, newest first; null: there is no such droplet. */
export async function listActions(edge: Edge, dropletId: string): Promise<readonly ActionAnswer[] | null> {
  const number = vendorId(dropletId)
  if (number === null) return null
  const listed = await everyPage(edge, {
    what: `list the actions of droplet ${dropletId}`,
    scope: 'droplet:read',
    field: 'actions',
    item: actionSchema,
    idOf: (action) => String(action.id),
    send: (client, page) => client.droplet.listDropletActions({ ...page, droplet_id: number }),
  })
  return listed === null ? null : listed.toSorted((a, b) => b.started_at - a.started_at || b.id - a.id)
}

/** How an action stands; null: DigitalOcean has forgotten it. */
export async function getAction(edge: Edge, dropletId: string, actionId: number): Promise<ActionAnswer | null> {
  const found = await edge.find({
    what: `show action ${actionId}`,
    scope: 'droplet:read',
    repeatable: true,
    answer: oneSchema,
    send: (client) => client.droplet.getDropletAction({ droplet_id: Number(dropletId), action_id: actionId }),
  })
  return found?.action ?? null
}

/** Asks for an action. Never sent twice: when no answer came, the caller looks at what the droplet is doing. */
export async function beginAction(
  edge: Edge,
  dropletId: string,
  action: {
    readonly type: ActionType
    readonly name?: string
    readonly what: string
    /** Called right before it is sent; what it throws ends the call. */
    readonly before?: () => Promise<void>
  },
): Promise<Outcome<ActionAnswer>> {
  const number = vendorId(dropletId)
  if (number === null) throw noDroplet(dropletId)
  const outcome = await edge.attempt({
    what: action.what,
    scope: action.type === 'snapshot' ? 'droplet:update and image:create' : 'droplet:update',
    repeatable: false,
    before: action.before,
    answer: oneSchema,
    send: (client) => post(client, number, action),
  })
  return outcome.ok ? { ok: true, value: outcome.value.action } : outcome
}

function post(
  client: Client,
  dropletId: number,
  action: { readonly type: ActionType; readonly name?: string },
): Promise<{ readonly data: unknown }> {
  const target = { droplet_id: dropletId }
  switch (action.type) {
    case 'shutdown':
      return client.droplet.shutdownDroplet(target)
    case 'power_off':
      return client.droplet.powerOffDroplet(target)
    case 'power_on':
      return client.droplet.powerOnDroplet(target)
    case 'snapshot':
      return client.droplet.snapshotDroplet({ ...target, name: action.name ?? '' })
  }
}

/** What is said of a droplet that is not there. */
export function noDroplet(id: string): SpinupError {
  return new SpinupError('providerFailed', `There is no droplet ${id} in the DigitalOcean account; it was deleted.`)
}
