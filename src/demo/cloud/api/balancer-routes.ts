import { z } from 'zod'
import { bodyOf, notFound, route, unprocessable, type Call, type Reply, type Route } from './route.ts'
import { membersOf, touchBalancer } from './balancer.ts'
import { bent, page } from './page.ts'
import { instant, regionOf } from './present.ts'
import type { LoadBalancerRecord } from './records.ts'

const ids = z.object({ droplet_ids: z.array(z.number().int()) })

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
    forwarding_rules: balancer.forwardingRules.map((one) => ({ ...one, certificate_id: '', tls_passthrough: false })),
    region: regionOf(call.world, balancer.regionSlug),
    tag: balancer.tag,
    droplet_ids: membersOf(call.world, balancer).map((droplet) => droplet.id),
    vpc_uuid: balancer.vpcId,
  }
}

function balancerOf(call: Call): LoadBalancerRecord {
  const balancer = call.world.balancers.get(call.params['lb_id'] ?? call.query.get('lb_id') ?? '')
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

function ofDroplets(call: Call): { readonly balancer: LoadBalancerRecord; readonly dropletIds: number[] } {
  const balancer = balancerOf(call)
  const { droplet_ids: dropletIds } = bodyOf(call, ids)
  if (balancer.type === 'GLOBAL') throw unprocessable('Droplets cannot be assigned to a global Load Balancer')
  if (balancer.tag !== '') throw unprocessable('Droplets cannot be managed by id: the Load Balancer uses a tag')
  return { balancer, dropletIds }
}

/** One series a droplet, with the present value at the end of the window: the stand-in keeps no history. */
function checks(call: Call): Reply {
  const at = Math.floor(call.world.now() / 1000)
  const result = [...balancerOf(call).health].map(([id, { up }]) => ({
    metric: { host_id: String(id) },
    values: [[at, up ? '1' : '0']],
  }))
  return {
    status: 200,
    body: { status: 'success', data: { resultType: 'matrix', result: bent(call.world, 'result', result) } },
  }
}

/** Load balancers and the droplets behind them; the metrics are the only place that tells what their checks say. */
export const balancerRoutes: readonly Route[] = [
  route('GET /v2/load_balancers', 'loadBalancers_list', ['load_balancer:read'], (call) =>
    page(call, 'load_balancers', [...call.world.balancers.values()], (one) => presentBalancer(call, one)),
  ),
  route('GET /v2/load_balancers/{lb_id}', 'loadBalancers_get', ['load_balancer:read'], (call) => ({
    status: 200,
    body: { load_balancer: bent(call.world, 'load_balancers', [presentBalancer(call, balancerOf(call))])?.[0] },
  })),
  route('POST /v2/load_balancers/{lb_id}/droplets', 'loadBalancers_add_droplets', ['load_balancer:update'], (call) => {
    const { balancer, dropletIds } = ofDroplets(call)
    const added = known(call, dropletIds, balancer.regionSlug, balancer.vpcId)
    touchBalancer(call.world, balancer)
    balancer.dropletIds = [...new Set([...balancer.dropletIds, ...added])]
    return { status: 204 }
  }),
  route(
    'DELETE /v2/load_balancers/{lb_id}/droplets',
    'loadBalancers_remove_droplets',
    ['load_balancer:update'],
    (call) => {
      const { balancer, dropletIds } = ofDroplets(call)
      touchBalancer(call.world, balancer)
      balancer.dropletIds = balancer.dropletIds.filter((id) => !dropletIds.includes(id))
      return { status: 204 }
    },
  ),
  route(
    'GET /v2/monitoring/metrics/load_balancer/droplets_health_checks',
    'monitoring_get_lb_droplets_health_checks',
    ['monitoring:read'],
    checks,
  ),
]
