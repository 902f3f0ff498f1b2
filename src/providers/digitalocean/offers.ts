import type { DropletPick, LoadBalancerPick, SizeOffer, SizePick } from '../../core/model/picks.ts'
import type { LoadBalancerChoice } from './pickers.ts'
import { unfitSize, type Size } from './sizes.ts'

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
