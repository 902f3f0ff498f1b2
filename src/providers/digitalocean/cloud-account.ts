import type { CloudAccount } from '../cloud.ts'
import { createDigitalOceanAccount } from './account.ts'
import { caveats } from './caveats.ts'
import type { EdgeOptions } from './edge.ts'
import { balancerPick, sizeOffer } from './offers.ts'
import type { DropletChoice } from './pickers.ts'
import { carries, SPINUP_TAG } from './tags.ts'
import type { DropletPick, LoadBalancerPick } from '../../core/model/picks.ts'

/** What the account behind a token has, for the connect page. */
export function createCloudAccount(options: EdgeOptions): CloudAccount {
  const account = createDigitalOceanAccount(options)
  return {
    async droplets(text) {
      const found = await account.searchDroplets(text)
      return found.filter(({ status, tags }) => status !== 'archive' && !carries(tags, SPINUP_TAG)).map(dropletPick)
    },
    async loadBalancers(droplet) {
      const rank = (one: LoadBalancerPick): number => (one.unfit === null ? 0 : 2) + (one.serves ? 0 : 1)
      const all = await account.loadBalancers()
      return all.map((one) => balancerPick(one, droplet)).toSorted((a, b) => rank(a) - rank(b))
    },
    sizes: async (droplet) => sizeOffer(await account.sizes(), droplet),
    async caveats(picked, reached) {
      const [droplet, reserved] = await Promise.all([account.droplet(picked.id), account.reservedIps(picked.id)])
      return caveats(picked, reached, droplet, reserved)
    },
  }
}

function dropletPick(one: DropletChoice): DropletPick {
  const { volumes: _volumes, backedUp: _backedUp, tags: _tags, ...pick } = one
  return pick
}
