import type { CloudAccount } from '../cloud.ts'
import { createEdge, type EdgeOptions } from './edge.ts'
import { createPickers, type DropletChoice, type LoadBalancerChoice, type Pickers } from './pickers.ts'
import { carries, SPINUP_TAG } from './tags.ts'
import type { DropletPick, LoadBalancerPick, SizeOffer, SizePick } from '../../core/model/droplet.ts'
import { remember } from './flight.ts'
import { listSizes, unfitSize, type Size } from './sizes.ts'
import type { MemberAddress } from '../../core/model/pool.ts'
import { plural } from '../../core/model/words.ts'

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

/** What only an account at DigitalOcean can tell, beside the provider contract. */
export interface DigitalOceanAccount extends Pickers {
  /** Cheapest first; read again after a minute, since what is sold out changes. */
  sizes(): Promise<readonly Size[]>
}

const SIZES_MS = 60_000

/** The account behind a token; share its `limiter` with the provider's. */
export function createDigitalOceanAccount(options: EdgeOptions): DigitalOceanAccount {
  const edge = createEdge(options)
  const elapsed = options.elapsed ?? options.now
  const sizes = remember(SIZES_MS, elapsed, () => listSizes(edge))
  return { ...createPickers(edge, elapsed), sizes: () => sizes('') }
}

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

/** A load balancer as it suits a droplet. */
export function balancerPick(one: LoadBalancerChoice, droplet: DropletPick): LoadBalancerPick {
  return {
    id: one.id,
    name: one.name,
    ip: one.ip,
    rules: one.rules,
    targetPort: one.targetPort,
    healthPath: one.healthPath,
    serves: one.dropletIds.includes(droplet.id),
    unfit: unfitFor(one, droplet),
  }
}

/** Why a load balancer cannot take clones of the droplet; null: it can. */
function unfitFor(one: LoadBalancerChoice, droplet: DropletPick): string | null {
  if (one.type === 'GLOBAL') return 'it is a global one, which is in front of other load balancers, not of droplets'
  if (one.tag !== null) {
    return `it takes every droplet tagged “${one.tag}”; let it take named droplets instead, in the control panel`
  }
  if (one.status === 'errored') return 'DigitalOcean could not set it up (errored)'
  if (one.targetPort === null) return 'it has no forwarding rule'
  if (one.region === null) return 'DigitalOcean does not say which region it is in'
  if (one.region !== droplet.region) return `it is in ${one.region}, and ${droplet.name} is in ${droplet.region}`
  if (one.vpcId !== null && droplet.vpcId !== null && one.vpcId !== droplet.vpcId) {
    return `it is in another VPC than ${droplet.name}`
  }
  return droplet.privateIp === null ? `it reaches droplets in the VPC, where ${droplet.name} has no address` : null
}

/**
 * The sizes a clone of the droplet can have: its snapshot needs the disk that the droplet has, which need not be the one
 * of its plan.
 */
export function sizeOffer(all: readonly Size[], droplet: DropletPick): SizeOffer {
  const own = all.find((one) => one.slug === droplet.size)
  const wanted = { region: droplet.region, diskGib: droplet.diskGib ?? own?.diskGib ?? 0 }
  const why = own === undefined ? 'is no longer offered' : unfitSize(own, wanted)
  const others = all.filter((one) => one !== own && unfitSize(one, wanted) === null)
  return {
    sizes: [...(own === undefined || why !== null ? [] : [own]), ...others].map(sizePick),
    ownUnfit: why === null ? null : `${droplet.name}’s own size, ${droplet.size || 'unknown'}, ${why}.`,
  }
}

function sizePick({ slug, about, dollarsPerHour, dollarsPerMonth }: Size): SizePick {
  return { slug, about, dollarsPerHour, dollarsPerMonth }
}
