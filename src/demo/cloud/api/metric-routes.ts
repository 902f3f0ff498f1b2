import { notFound } from './api-error.ts'
import { bent } from './page.ts'
import type { LoadBalancerRecord } from './records.ts'
import type { Call, Reply, Route } from './route.ts'

function balancerOf(call: Call): LoadBalancerRecord {
  const balancer = call.world.balancers.get(call.query.get('lb_id') ?? '')
  if (!balancer) throw notFound()
  return balancer
}

/** One series a droplet, with the present value at the end of the window: the stand-in keeps no history. */
function matrix(call: Call, valueOf: (balancer: LoadBalancerRecord, dropletId: number) => string): Reply {
  const balancer = balancerOf(call)
  const at = Math.floor(call.world.now() / 1000)
  const result = [...balancer.health.keys()].map((id) => ({
    metric: { host_id: String(id) },
    values: [[at, valueOf(balancer, id)]],
  }))
  return {
    status: 200,
    body: { status: 'success', data: { resultType: 'matrix', result: bent(call.world, 'result', result) } },
  }
}

/** The only place where the API tells what a load balancer's checks say of each droplet. */
export const metricRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/monitoring/metrics/load_balancer/droplets_health_checks',
    operation: 'monitoring_get_lb_droplets_health_checks',
    scopes: ['monitoring:read'],
    run: (call) => matrix(call, (balancer, id) => (balancer.health.get(id)?.up ? '1' : '0')),
  },
]
