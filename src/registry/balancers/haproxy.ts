import { elsewhere, unset } from './elsewhere.ts'
import type { BalancerEntry } from '../entry.ts'

/** HAProxy, by its runtime API. */
export const HAPROXY: BalancerEntry = {
  name: 'haproxy',
  start: async ({ config }) => ({
    ...elsewhere('HAProxy, by its runtime API'),
    open: async (pool) => {
      const { createHaproxyBalancer } = await import('../../balancers/haproxy/haproxy.ts')
      const settings = pool.balancerSettings?.kind === 'haproxy' ? pool.balancerSettings : config.haproxy
      if (settings === null) throw unset(pool)
      return createHaproxyBalancer({ address: settings.address, backend: settings.backend })
    },
  }),
}
