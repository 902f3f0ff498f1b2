import { z } from 'zod'
import type { LoadBalancerClient } from '../../../src/core/model/backend.ts'
import { SpinupError } from '../../../src/core/model/error.ts'

const balancerSchema = z.object({
  load_balancer: z.object({
    status: z.string(),
    droplet_ids: z.array(z.number()),
    tag: z.string().nullish(),
    health_check: z.object({ check_interval_seconds: z.number(), healthy_threshold: z.number() }),
  }),
})
const healthSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.object({ host_id: z.string() }), values: z.array(z.tuple([z.number(), z.string()])) }),
    ),
  }),
})

/** The least of a client that speaks to DigitalOcean's API at `api`, to test the balancer without the provider. */
export function createClient(api: string, token: string, balancerId: string, passMs: number): LoadBalancerClient {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(api + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    })
    const text = await response.text()
    if (response.ok) return text === '' ? null : JSON.parse(text)
    if (response.status === 403 && text.includes('previous actions')) {
      throw new SpinupError('providerRefused', text, { refusal: { kind: 'busy', words: text, instead: null } })
    }
    throw new SpinupError('providerFailed', text, { retryable: response.status >= 500 })
  }
  const path = `/load_balancers/${balancerId}`
  return {
    async get() {
      const { status, droplet_ids: dropletIds, tag } = balancerSchema.parse(await call('GET', path)).load_balancer
      return { dropletIds, tag: tag ? tag : null, active: status === 'active', passMs }
    },
    async addDroplets(ids) {
      await call('POST', `${path}/droplets`, { droplet_ids: ids })
    },
    async removeDroplets(ids) {
      await call('DELETE', `${path}/droplets`, { droplet_ids: ids })
    },
    async health() {
      const at = Math.floor(Date.now() / 1000)
      const query = `lb_id=${balancerId}&start=${at - 300}&end=${at}`
      const answer = await call('GET', `/monitoring/metrics/load_balancer/droplets_health_checks?${query}`)
      const { result } = healthSchema.parse(answer).data
      return new Map(result.map(({ metric, values }) => [Number(metric.host_id), values.at(-1)?.[1] === '1']))
    },
  }
}
