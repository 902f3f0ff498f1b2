import { randomUUID } from 'node:crypto'
import { freePublicIp } from './addresses.ts'
import { ApiError } from './api-error.ts'
import type { DropletRecord, ForwardingRule, LoadBalancerRecord } from './records.ts'
import { hasTag } from './tags.ts'
import { defaultProject } from './world.ts'
import type { World } from './world.ts'

export interface NewBalancer {
  readonly name: string
  readonly type: LoadBalancerRecord['type']
  readonly regionSlug: string
  readonly vpcId: string
  readonly projectId?: string | undefined
  readonly forwardingRules: ForwardingRule[]
  readonly healthCheck: Record<string, unknown>
  readonly settings: Record<string, unknown>
  readonly tag: string
  readonly dropletIds: number[]
}

export function addBalancer(world: World, wanted: NewBalancer): LoadBalancerRecord {
  const balancer: LoadBalancerRecord = {
    ...wanted,
    id: randomUUID(),
    projectId: wanted.projectId ?? defaultProject(world).id,
    status: 'new',
    ip: '',
    createdAt: world.now(),
    busyUntil: 0,
    health: new Map(),
  }
  world.balancers.set(balancer.id, balancer)
  world.projects.get(balancer.projectId)?.resources.set(`do:loadbalancer:${balancer.id}`, world.now())
  world.later(world.timings.balancerCreateMs, () => {
    if (!world.balancers.has(balancer.id)) return
    balancer.ip = freePublicIp(world)
    balancer.status = 'active'
  })
  return balancer
}

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
