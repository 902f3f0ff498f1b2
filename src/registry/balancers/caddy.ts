import { elsewhere, unset } from './elsewhere.ts'
import type { BalancerEntry } from '../entry.ts'

/** Caddy, by its admin API. */
export const CADDY: BalancerEntry = {
  name: 'caddy',
  start: async ({ config }) => ({
    ...elsewhere('Caddy, by its admin API'),
    open: async (pool, { isHealthy }) => {
      const { createCaddyBalancer } = await import('../../balancers/caddy/caddy.ts')
      const settings = pool.balancerSettings?.kind === 'caddy' ? pool.balancerSettings : config.caddy
      if (settings === null) throw unset(pool)
      return createCaddyBalancer({ admin: settings.admin, handler: settings.handler, isHealthy })
    },
  }),
}
