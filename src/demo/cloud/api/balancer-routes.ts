import { z } from 'zod'
import { notFound, unprocessable } from './api-error.ts'
import { addBalancer, membersOf, touchBalancer } from './balancer.ts'
import type { NewBalancer } from './balancer.ts'
import { bent, page } from './page.ts'
import { instant, regionOf } from './present.ts'
import type { LoadBalancerRecord } from './records.ts'
import { bodyOf } from './route.ts'
import type { Call, Route } from './route.ts'
import { ensureTag } from './tags.ts'
import { defaultVpc } from './world.ts'

const rule = z.object({
  entry_protocol: z.string(),
  entry_port: z.number().int(),
  target_protocol: z.string(),
  target_port: z.number().int(),
  certificate_id: z.string().optional(),
  tls_passthrough: z.boolean().optional(),
})
const rules = z.object({ forwarding_rules: z.array(rule).min(1) })
const ids = z.object({ droplet_ids: z.array(z.number().int()) })
const balancerBody = z.looseObject({
  name: z.string().min(1),
  region: z.string().optional(),
  vpc_uuid: z.string().optional(),
  project_id: z.string().optional(),
  tag: z.string().optional(),
  droplet_ids: z.array(z.number().int()).optional(),
  forwarding_rules: z.array(rule).min(1),
  health_check: z.record(z.string(), z.unknown()).optional(),
})

function presentBalancer(call: Call, balancer: LoadBalancerRecord): unknown {
  // One of these stands before load balancers: no region, no network, no rules, no droplets.
  const its = balancer.type === 'GLOBAL' ? { glb_settings: {}, target_load_balancer_ids: [] } : regional(call, balancer)
  return {
    id: balancer.id,
    name: balancer.name,
    type: balancer.type,
    ip: balancer.ip,
    status: balancer.status,
    created_at: instant(balancer.createdAt),
    health_check: balancer.healthCheck,
    project_id: balancer.projectId,
    ...its,
  }
}

function regional(call: Call, balancer: LoadBalancerRecord): Readonly<Record<string, unknown>> {
  return {
    size_unit: 1,
    size: 'lb-small',
    algorithm: 'round_robin',
    sticky_sessions: { type: 'none' },
    redirect_http_to_https: false,
    enable_proxy_protocol: false,
    enable_backend_keepalive: false,
    disable_lets_encrypt_dns_records: false,
    http_idle_timeout_seconds: 60,
    ...balancer.settings,
    forwarding_rules: balancer.forwardingRules.map((one) => ({
      ...one,
      certificate_id: one.certificate_id ?? '',
      tls_passthrough: one.tls_passthrough ?? false,
    })),
    region: regionOf(call.world, balancer.regionSlug),
    tag: balancer.tag,
    droplet_ids: membersOf(call.world, balancer).map((droplet) => droplet.id),
    vpc_uuid: balancer.vpcId,
  }
}

function balancerOf(call: Call): LoadBalancerRecord {
  const balancer = call.world.balancers.get(call.params['lb_id'] ?? '')
  if (!balancer) throw notFound()
  return balancer
}

/** All must exist, and stand in the balancer's region and network. */
function known(call: Call, dropletIds: readonly number[], regionSlug: string, vpcId: string): number[] {
  for (const id of dropletIds) {
    const droplet = call.world.droplets.get(id)
    if (!droplet) throw unprocessable(`Droplet ${id} does not exist`)
    if (droplet.regionSlug !== regionSlug) throw unprocessable(`Droplet ${id} is not in the Load Balancer's region`)
    if (droplet.vpcId !== vpcId) throw unprocessable(`Droplet ${id} is not in the Load Balancer's VPC`)
  }
  return [...new Set(dropletIds)]
}

function wantedBalancer(call: Call, now: LoadBalancerRecord | null): NewBalancer {
  const wanted = bodyOf(call, balancerBody)
  const { name, region, vpc_uuid: vpc, project_id: projectId, tag, droplet_ids: dropletIds, ...rest } = wanted
  const { forwarding_rules: forwardingRules, health_check: healthCheck, ...settings } = rest
  const regionSlug = now?.regionSlug ?? region ?? 'nyc3'
  if (!call.world.regions.get(regionSlug)?.available) throw unprocessable('Region is not available')
  if (tag && (dropletIds ?? []).length > 0) throw unprocessable('Only one of tag and droplet_ids can be given')
  const vpcId = now?.vpcId ?? vpc ?? defaultVpc(call.world, regionSlug).id
  return {
    name,
    type: now?.type ?? 'REGIONAL',
    regionSlug,
    vpcId,
    projectId,
    forwardingRules,
    healthCheck: {
      protocol: 'http',
      port: 80,
      path: '/',
      check_interval_seconds: 10,
      response_timeout_seconds: 5,
      healthy_threshold: 5,
      unhealthy_threshold: 3,
      ...healthCheck,
    },
    settings,
    tag: tag ? ensureTag(call.world, tag).name : '',
    dropletIds: known(call, dropletIds ?? [], regionSlug, vpcId),
  }
}

function ofDroplets(call: Call): { readonly balancer: LoadBalancerRecord; readonly dropletIds: number[] } {
  const balancer = balancerOf(call)
  const { droplet_ids: dropletIds } = bodyOf(call, ids)
  if (balancer.type === 'GLOBAL') throw unprocessable('Droplets cannot be assigned to a global Load Balancer')
  if (balancer.tag !== '') throw unprocessable('Droplets cannot be managed by id: the Load Balancer uses a tag')
  return { balancer, dropletIds }
}

/** Load balancers and the droplets behind them. */
export const balancerRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/load_balancers',
    operation: 'loadBalancers_list',
    scopes: ['load_balancer:read'],
    run: (call) =>
      page(call, 'load_balancers', [...call.world.balancers.values()], (one) => presentBalancer(call, one)),
  },
  {
    method: 'POST',
    path: '/v2/load_balancers',
    operation: 'loadBalancers_create',
    scopes: ['load_balancer:create'],
    run(call) {
      const balancer = addBalancer(call.world, wantedBalancer(call, null))
      return { status: 202, body: { load_balancer: presentBalancer(call, balancer) } }
    },
  },
  {
    method: 'GET',
    path: '/v2/load_balancers/{lb_id}',
    operation: 'loadBalancers_get',
    scopes: ['load_balancer:read'],
    run: (call) => ({
      status: 200,
      body: { load_balancer: bent(call.world, 'load_balancers', [presentBalancer(call, balancerOf(call))])?.[0] },
    }),
  },
  {
    method: 'PUT',
    path: '/v2/load_balancers/{lb_id}',
    operation: 'loadBalancers_update',
    scopes: ['load_balancer:update'],
    run(call) {
      const balancer = balancerOf(call)
      const wanted = wantedBalancer(call, balancer)
      touchBalancer(call.world, balancer)
      balancer.name = wanted.name
      balancer.forwardingRules = wanted.forwardingRules
      balancer.healthCheck = wanted.healthCheck
      // What is left out goes back to its default.
      balancer.settings = wanted.settings
      balancer.tag = wanted.tag
      balancer.dropletIds = wanted.dropletIds
      return { status: 200, body: { load_balancer: presentBalancer(call, balancer) } }
    },
  },
  {
    method: 'DELETE',
    path: '/v2/load_balancers/{lb_id}',
    operation: 'loadBalancers_delete',
    scopes: ['load_balancer:delete'],
    run(call) {
      const { id, projectId } = balancerOf(call)
      call.world.balancers.delete(id)
      call.world.projects.get(projectId)?.resources.delete(`do:loadbalancer:${id}`)
      return { status: 204 }
    },
  },
  {
    method: 'POST',
    path: '/v2/load_balancers/{lb_id}/droplets',
    operation: 'loadBalancers_add_droplets',
    scopes: ['load_balancer:update'],
    run(call) {
      const { balancer, dropletIds } = ofDroplets(call)
      const added = known(call, dropletIds, balancer.regionSlug, balancer.vpcId)
      touchBalancer(call.world, balancer)
      balancer.dropletIds = [...new Set([...balancer.dropletIds, ...added])]
      return { status: 204 }
    },
  },
  {
    method: 'DELETE',
    path: '/v2/load_balancers/{lb_id}/droplets',
    operation: 'loadBalancers_remove_droplets',
    scopes: ['load_balancer:update'],
    run(call) {
      const { balancer, dropletIds } = ofDroplets(call)
      touchBalancer(call.world, balancer)
      balancer.dropletIds = balancer.dropletIds.filter((id) => !dropletIds.includes(id))
      return { status: 204 }
    },
  },
  {
    method: 'POST',
    path: '/v2/load_balancers/{lb_id}/forwarding_rules',
    operation: 'loadBalancers_add_forwardingRules',
    scopes: ['load_balancer:update'],
    run(call) {
      const balancer = balancerOf(call)
      const added = bodyOf(call, rules).forwarding_rules
      touchBalancer(call.world, balancer)
      balancer.forwardingRules = [...balancer.forwardingRules, ...added]
      return { status: 204 }
    },
  },
]
