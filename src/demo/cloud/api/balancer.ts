import { ApiError } from './route.ts'
import type { DropletRecord, LoadBalancerRecord } from './records.ts'
import { hasTag } from './tags.ts'
import type { World } from './world.ts'

/** The real service answers this with 403; it says nothing about the token. Begins a new time of being busy. */
export function touchBalancer(world: World, balancer: LoadBalancerRecord): void {
  if (balancer.status === 'new' || Date.now() < balancer.busyUntil) {
    throw new ApiError(403, "Load Balancer can't be updated while it processes previous actions")
  }
  balancer.busyUntil = Date.now() + world.timings.balancerBusyMs
}

export function membersOf(world: World, balancer: LoadBalancerRecord): DropletRecord[] {
  if (balancer.tag === '') {
    return balancer.dropletIds.flatMap((id) => {
      const droplet = world.droplets.get(id)
      return droplet ? [droplet] : []
    })
  }
  return [...world.droplets.values()].filter(
    (droplet) => hasTag(droplet, balancer.tag) && droplet.regionSlug === balancer.regionSlug,
  )
}

/** Would the balancer's check get an answer from it now? */
function reachable(world: World, droplet: DropletRecord): boolean {
  if (droplet.status !== 'active') return false
  const say = world.healthBySay.get(droplet.id)
  if (say !== undefined) return say
  const { healthy } = world.options
  return !healthy || healthy({ id: droplet.id, ip: droplet.publicIp ?? '', port: droplet.port })
}

/** A round of checks: a new member starts as down, and each verdict changes only after `healthCheckMs` of the other. */
export function checkHealth(world: World): void {
  for (const balancer of world.balancers.values()) {
    if (balancer.status !== 'active') continue
    const members = membersOf(world, balancer)
    const ids = new Set(members.map((droplet) => droplet.id))
    for (const id of balancer.health.keys()) if (!ids.has(id)) balancer.health.delete(id)
    for (const droplet of members) {
      const health = balancer.health.get(droplet.id) ?? { up: false, changingSince: null }
      balancer.health.set(droplet.id, health)
      if (reachable(world, droplet) === health.up) health.changingSince = null
      else {
        health.changingSince ??= Date.now()
        if (Date.now() - health.changingSince >= world.timings.healthCheckMs) {
          health.up = !health.up
          health.changingSince = null
        }
      }
    }
  }
}
