import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { LoadBalancer, LoadBalancerClient } from '../../core/model/backend.ts'
import { loadBalancerSchema, nothingSchema, some } from './answers.ts'
import { createEdge, type EdgeOptions } from './edge.ts'

const balancerSchema = z.object({
  load_balancer: loadBalancerSchema.extend({
    health_check: z
      .object({ check_interval_seconds: z.number().catch(10), healthy_threshold: z.number().catch(5) })
      .nullable()
      .catch(null),
  }),
})

const healthSchema = z
  .object({
    data: z.object({
      result: some(
        z.object({ metric: z.object({ host_id: z.string() }), values: z.array(z.tuple([z.number(), z.string()])) }),
      ),
    }),
  })
  .catch({ data: { result: [] } })

/** DigitalOcean's own default: five checks, ten seconds apart. */
const USUAL_PASS_MS = 50_000
/** The checks' last five minutes, seconds. */
const HEALTH_SPAN = 300
/** A scope that is lacking may be granted later; asked again after this long, ms. */
const FORBIDDEN_MS = 10 * 60_000

/**
 * The client that the `digitalocean` balancer works with. What it said is kept for `freshMs` (10 s unless given): the
 * pool is looked at every second, and the account has 5,000 requests an hour. Changes made here are seen at once.
 */
export function createLoadBalancer(
  options: EdgeOptions & { readonly loadBalancerId: string; readonly freshMs?: number | undefined },
): LoadBalancerClient {
  const { loadBalancerId: id, now, elapsed = now } = options
  const edge = createEdge(options)
  const freshMs = options.freshMs ?? 10_000
  const about = { load_balancer_id: id }
  let known: { readonly at: number; readonly state: LoadBalancer } | null = null
  let changes = 0
  let forbiddenUntil = 0

  async function change(what: string, ids: readonly number[], add: boolean): Promise<void> {
    const droplets = { ...about, droplet_ids: [...ids] }
    try {
      await edge.ask({
        what,
        scope: 'load_balancer:update',
        repeatable: true,
        answer: nothingSchema,
        send: (client) =>
          add
            ? client.loadBalancer.addDropletsToLoadBalancer(droplets)
            : client.loadBalancer.removeDropletsFromLoadBalancer(droplets),
      })
    } finally {
      changes += 1
      known = null
    }
  }

  return {
    async get(fresh) {
      if (fresh === undefined && known !== null && elapsed() - known.at < freshMs) return known.state
      const asked = changes
      const found = await edge.find({
        what: `show load balancer ${id}`,
        scope: 'load_balancer:read',
        repeatable: true,
        answer: balancerSchema,
        send: (client) => client.loadBalancer.getLoadBalancer(about),
      })
      if (found === null) {
        throw new SpinupError(
          'providerFailed',
          `There is no load balancer ${id} in the DigitalOcean account any more. Type /spinup disconnect, then connect with another.`,
        )
      }
      const { droplet_ids, tag, status, health_check: check } = found.load_balancer
      const state: LoadBalancer = {
        dropletIds: droplet_ids.map(Number),
        tag,
        // A status of tomorrow's is no reason to take everything for down.
        active: status !== 'new' && status !== 'errored',
        passMs: check ? check.check_interval_seconds * check.healthy_threshold * 1000 : USUAL_PASS_MS,
      }
      // An answer that was on its way while something was changed may be of before.
      if (asked === changes) known = { at: elapsed(), state }
      return state
    },
    addDroplets: (ids) => change(`add droplet ${ids.join(', ')} to the load balancer`, ids, true),
    removeDroplets: (ids) => change(`take droplet ${ids.join(', ')} off the load balancer`, ids, false),
    async health() {
      const end = Math.floor(now() / 1000)
      const span = { lb_id: id, start: String(end - HEALTH_SPAN), end: String(end) }
      if (elapsed() < forbiddenUntil) return new Map()
      const outcome = await edge.attempt({
        what: 'read the load balancer’s health checks',
        scope: 'monitoring:read',
        repeatable: true,
        answer: healthSchema,
        send: (client) => client.get('/monitoring/metrics/load_balancer/droplets_health_checks', span),
      })
      // Without it the members' own health path has to do, so no refusal of this may stand in the way.
      if (!outcome.ok) {
        if (outcome.refusal.kind === 'forbidden') forbiddenUntil = elapsed() + FORBIDDEN_MS
        return new Map()
      }
      const { result } = outcome.value.data
      return new Map(result.map(({ metric, values }) => [Number(metric.host_id), values.at(-1)?.[1] === '1']))
    },
  }
}
