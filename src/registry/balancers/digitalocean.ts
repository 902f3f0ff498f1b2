import { accountOf } from '../account-of.ts'
import { elsewhere, unset } from './elsewhere.ts'
import type { BalancerEntry } from '../entry.ts'

/** A load balancer of the linked account. */
export const DIGITALOCEAN_LOAD_BALANCER: BalancerEntry = {
  name: 'digitalocean',
  start: async ({ config: { digitalocean }, edges }) => ({
    ...elsewhere('a load balancer of the DigitalOcean account'),
    open: async (pool, { members, record, elapsed, isHealthy }) => {
      const settings = pool.balancerSettings
      if (settings?.kind !== 'digitalocean') throw unset(pool)
      const [{ createDigitalOceanBalancer }, { createLoadBalancer }, { inPatience }] = await Promise.all([
        import('../../balancers/digitalocean/digitalocean.ts'),
        import('../../providers/digitalocean/load-balancer.ts'),
        import('../../providers/digitalocean/patience.ts'),
      ])
      return createDigitalOceanBalancer({
        client: createLoadBalancer({
          ...edges(accountOf(pool)),
          loadBalancerId: settings.loadBalancerId,
          timing: inPatience(digitalocean.patience, digitalocean.pollMs).timing,
          freshMs: 10_000 * digitalocean.patience,
        }),
        settleMs: 60_000 * digitalocean.patience,
        busyMs: 3000 * digitalocean.patience,
        healthFreshMs: 20_000 * digitalocean.patience,
        dropletOf: async (url) => {
          const id = (await members()).find((member) => member.url === url)?.dropletId ?? null
          return id === null ? null : Number(id)
        },
        urlOf: async (id) => (await members()).find((member) => member.dropletId === String(id))?.url ?? null,
        record,
        isHealthy,
        now: elapsed,
      })
    },
  }),
}
