import { elsewhere, unset } from './elsewhere.ts'
import type { BalancerEntry } from '../entry.ts'

/** Any balancer that takes a signed POST. */
export const WEBHOOK: BalancerEntry = {
  name: 'webhook',
  start: async ({ config, vault, clock: { now } }) => ({
    ...elsewhere('any other, told by a signed POST'),
    open: async (pool, { record, elapsed, isHealthy }) => {
      const { createWebhookBalancer } = await import('../../balancers/webhook/webhook.ts')
      const settings = pool.balancerSettings
      if (settings?.kind !== 'webhook') {
        if (config.webhook === null) throw unset(pool)
        return createWebhookBalancer({ ...config.webhook, record, isHealthy, now, elapsed })
      }
      const sealed = await vault.get(settings.entry)
      if (sealed === null) throw unset(pool)
      // Written by the connect page alone.
      const { url, secret } = JSON.parse(sealed) as { readonly url: string; readonly secret: string }
      return createWebhookBalancer({
        url,
        secret,
        format: settings.format,
        settleMs: settings.settleMs,
        record,
        isHealthy,
        now,
        elapsed,
      })
    },
  }),
}
