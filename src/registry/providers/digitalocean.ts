import { asPatient, DEFAULT_TIMING } from '../../core/operation/timing.ts'
import { LEAST_BILL } from '../../providers/digitalocean/least-bill.ts'
import { accountOf } from '../account-of.ts'
import type { ProviderEntry } from '../entry.ts'

/** Made from a snapshot within a minute, then its services start and its load balancer checks it; ms. */
const USUAL_BOOT_MS = 90_000

/** The droplets of a linked DigitalOcean account. */
export const DIGITALOCEAN: ProviderEntry = {
  name: 'digitalocean',
  offered: () => true,
  start: async ({ config: { digitalocean }, edges }) => ({
    leastBill: LEAST_BILL,
    usualBootMs: USUAL_BOOT_MS * digitalocean.patience,
    timing: { ...asPatient(DEFAULT_TIMING, digitalocean.patience), pollMs: digitalocean.pollMs },
    open: async (pool) => {
      const [{ createDigitalOceanProvider }, { inPatience }] = await Promise.all([
        import('../../providers/digitalocean/digitalocean.ts'),
        import('../../providers/digitalocean/patience.ts'),
      ])
      const { size, region } = pool.clones
      return createDigitalOceanProvider({
        ...edges(accountOf(pool)),
        ...inPatience(digitalocean.patience, digitalocean.pollMs),
        settings: {
          address: pool.address,
          // Its load balancers and its private networks are of one region.
          oneRegion: pool.balancer === 'digitalocean' || pool.address.network === 'private',
          clones: { ...(size === null ? {} : { size }), ...(region === null ? {} : { region }) },
        },
      })
    },
  }),
}
