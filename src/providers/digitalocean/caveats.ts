import type { DropletPick } from '../../core/model/picks.ts'
import type { MemberAddress } from '../../core/model/pool.ts'
import { plural } from '../../core/model/words.ts'
import type { DropletChoice } from './pickers.ts'

/**
 * What a droplet has at DigitalOcean that its snapshot does not hold, so that its clones are without it; a sentence each.
 * `droplet` null: it is gone. `reserved` null: not known.
 */
export function caveats(
  { name, publicIp, privateIp }: DropletPick,
  { network, by }: { readonly network: MemberAddress['network']; readonly by: string },
  droplet: Pick<DropletChoice, 'volumes' | 'backedUp'> | null,
  reserved: readonly string[] | null,
): readonly string[] {
  const said: string[] = []
  const volumes = droplet?.volumes.length ?? 0
  if (volumes > 0) {
    said.push(
      `${name} has ${plural(volumes, 'volume')} attached. A volume belongs to one droplet and is in no snapshot, so clones start without: the site has to reach that data another way.`,
    )
  }
  if (droplet?.backedUp === true) {
    said.push(`DigitalOcean backs ${name} up. Clones are not backed up: keep nothing on them that must last.`)
  }
  if (reserved !== null && reserved.length > 0) {
    said.push(
      `The reserved IP ${reserved.join(', ')} leads to ${name} alone. Visitors using it bypass the balancer and never reach a clone: point the site’s name at the balancer.`,
    )
  }
  const ip = network === 'public' ? publicIp : privateIp
  if (ip?.includes(':') === true) {
    said.push(
      `${name} is reached over IPv6 only: this bot and ${by} need IPv6. Clones also get an IPv4 address, which is used for them.`,
    )
  }
  return said
}
