import type { World } from './world.ts'

/** The networks set aside for documentation; no machine answers there. */
const publicNets = ['203.0.113', '198.51.100', '192.0.2']

function free(taken: ReadonlySet<string | null>, nets: readonly string[]): string {
  for (const net of nets) {
    for (let host = 2; host < 255; host++) if (!taken.has(`${net}.${host}`)) return `${net}.${host}`
  }
  throw new Error('the stand-in has no address left; delete some droplets')
}

export function freePublicIp(world: World): string {
  const droplets = [...world.droplets.values()].map((droplet) => droplet.publicIp)
  const balancers = [...world.balancers.values()].map((balancer) => balancer.ip)
  return free(new Set([...droplets, ...balancers]), publicNets)
}

export function freePrivateIp(world: World, vpcId: string): string {
  const range = world.vpcs.get(vpcId)?.ipRange ?? '10.0.0.0/20'
  const [one, two, three] = range.split('.')
  const nets = Array.from({ length: 16 }, (_, index) => `${one}.${two}.${Number(three) + index}`)
  return free(new Set([...world.droplets.values()].map((droplet) => droplet.privateIp)), nets)
}
