import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { notFound, unprocessable } from './api-error.ts'
import { page } from './page.ts'
import { instant } from './present.ts'
import type { FirewallRecord } from './records.ts'
import { bodyOf } from './route.ts'
import type { Call, Route } from './route.ts'
import { ensureTag } from './tags.ts'

const ids = z.object({ droplet_ids: z.array(z.number().int()) })
const tags = z.object({ tags: z.array(z.string()).nullable() })
const firewallBody = z.object({
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]+$/),
  droplet_ids: z.array(z.number().int()).nullish(),
  tags: z.array(z.string()).nullish(),
  inbound_rules: z.array(z.unknown()).nullish(),
  outbound_rules: z.array(z.unknown()).nullish(),
})

export function presentFirewall(firewall: FirewallRecord): unknown {
  return {
    id: firewall.id,
    name: firewall.name,
    status: 'succeeded',
    inbound_rules: firewall.inboundRules,
    outbound_rules: firewall.outboundRules,
    created_at: instant(firewall.createdAt),
    droplet_ids: firewall.dropletIds,
    tags: firewall.tags,
    pending_changes: [],
  }
}

function firewallOf(call: Call): FirewallRecord {
  const firewall = call.world.firewalls.get(call.params['firewall_id'] ?? '')
  if (!firewall) throw notFound()
  return firewall
}

function known(call: Call, dropletIds: readonly number[]): number[] {
  const missing = dropletIds.filter((id) => !call.world.droplets.has(id))
  if (missing.length > 0) throw unprocessable(`could not find droplets: ${missing.join(', ')}`)
  return [...dropletIds]
}

function write(call: Call, firewall: FirewallRecord): void {
  const wanted = bodyOf(call, firewallBody)
  const dropletIds = known(call, wanted.droplet_ids ?? [])
  firewall.tags = (wanted.tags ?? []).map((tag) => ensureTag(call.world, tag).name)
  firewall.name = wanted.name
  firewall.dropletIds = dropletIds
  firewall.inboundRules = wanted.inbound_rules ?? []
  firewall.outboundRules = wanted.outbound_rules ?? []
  call.world.firewalls.set(firewall.id, firewall)
}

/** Firewalls and who is behind them. */
export const firewallRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/firewalls',
    operation: 'firewalls_list',
    scopes: ['firewall:read'],
    run: (call) => page(call, 'firewalls', [...call.world.firewalls.values()], presentFirewall),
  },
  {
    method: 'POST',
    path: '/v2/firewalls',
    operation: 'firewalls_create',
    scopes: ['firewall:create'],
    run(call) {
      const fresh: FirewallRecord = {
        id: randomUUID(),
        name: '',
        createdAt: call.world.now(),
        dropletIds: [],
        tags: [],
        inboundRules: [],
        outboundRules: [],
      }
      write(call, fresh)
      return { status: 202, body: { firewall: presentFirewall(fresh) } }
    },
  },
  {
    method: 'GET',
    path: '/v2/firewalls/{firewall_id}',
    operation: 'firewalls_get',
    scopes: ['firewall:read'],
    run: (call) => ({ status: 200, body: { firewall: presentFirewall(firewallOf(call)) } }),
  },
  {
    method: 'PUT',
    path: '/v2/firewalls/{firewall_id}',
    operation: 'firewalls_update',
    scopes: ['firewall:update'],
    run(call) {
      const firewall = firewallOf(call)
      write(call, firewall)
      return { status: 200, body: { firewall: presentFirewall(firewall) } }
    },
  },
  {
    method: 'DELETE',
    path: '/v2/firewalls/{firewall_id}',
    operation: 'firewalls_delete',
    scopes: ['firewall:delete'],
    run(call) {
      call.world.firewalls.delete(firewallOf(call).id)
      return { status: 204 }
    },
  },
  {
    method: 'POST',
    path: '/v2/firewalls/{firewall_id}/droplets',
    operation: 'firewalls_assign_droplets',
    scopes: ['firewall:update'],
    run(call) {
      const firewall = firewallOf(call)
      const added = known(call, bodyOf(call, ids).droplet_ids)
      firewall.dropletIds = [...new Set([...firewall.dropletIds, ...added])]
      return { status: 204 }
    },
  },
  {
    method: 'DELETE',
    path: '/v2/firewalls/{firewall_id}/droplets',
    operation: 'firewalls_delete_droplets',
    scopes: ['firewall:update'],
    run(call) {
      const firewall = firewallOf(call)
      const gone = new Set(bodyOf(call, ids).droplet_ids)
      firewall.dropletIds = firewall.dropletIds.filter((id) => !gone.has(id))
      return { status: 204 }
    },
  },
  {
    method: 'POST',
    path: '/v2/firewalls/{firewall_id}/tags',
    operation: 'firewalls_add_tags',
    scopes: ['firewall:update'],
    run(call) {
      const firewall = firewallOf(call)
      const added = (bodyOf(call, tags).tags ?? []).map((tag) => ensureTag(call.world, tag).name)
      firewall.tags = [...new Set([...firewall.tags, ...added])]
      return { status: 204 }
    },
  },
  {
    method: 'DELETE',
    path: '/v2/firewalls/{firewall_id}/tags',
    operation: 'firewalls_delete_tags',
    scopes: ['firewall:update'],
    run(call) {
      const firewall = firewallOf(call)
      const gone = new Set(bodyOf(call, tags).tags)
      firewall.tags = firewall.tags.filter((tag) => !gone.has(tag))
      return { status: 204 }
    },
  },
]
