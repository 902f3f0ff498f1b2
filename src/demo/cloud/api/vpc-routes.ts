import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { ApiError, notFound, unprocessable } from './api-error.ts'
import { page } from './page.ts'
import { instant, presentVpc } from './present.ts'
import type { VpcRecord } from './records.ts'
import { bodyOf } from './route.ts'
import type { Call, Route } from './route.ts'

const creation = z.object({
  name: z.string().regex(/^[a-zA-Z0-9\-.]+$/),
  region: z.string(),
  description: z.string().max(255).optional(),
  ip_range: z.string().optional(),
})

function vpcOf(call: Call): VpcRecord {
  const vpc = call.world.vpcs.get(call.params['vpc_id'] ?? '')
  if (!vpc) throw notFound()
  return vpc
}

function membersOf(call: Call, vpc: VpcRecord): { urn: string; name: string; created_at: string }[] {
  const { droplets, balancers } = call.world
  return [
    ...[...droplets.values()]
      .filter((droplet) => droplet.vpcId === vpc.id)
      .map((one) => ({ urn: `do:droplet:${one.id}`, name: one.name, created_at: instant(one.createdAt) })),
    ...[...balancers.values()]
      .filter((balancer) => balancer.vpcId === vpc.id)
      .map((one) => ({ urn: `do:loadbalancer:${one.id}`, name: one.name, created_at: instant(one.createdAt) })),
  ]
}

/** Private networks. */
export const vpcRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/vpcs',
    operation: 'vpcs_list',
    scopes: ['vpc:read'],
    run: (call) => page(call, 'vpcs', [...call.world.vpcs.values()], presentVpc),
  },
  {
    method: 'POST',
    path: '/v2/vpcs',
    operation: 'vpcs_create',
    scopes: ['vpc:create'],
    run(call) {
      const { world } = call
      const wanted = bodyOf(call, creation)
      if (!world.regions.get(wanted.region)?.available) throw unprocessable('Region is not available')
      const siblings = [...world.vpcs.values()]
      if (siblings.some((one) => one.name === wanted.name)) throw unprocessable('a VPC with this name already exists')
      const vpc: VpcRecord = {
        id: randomUUID(),
        name: wanted.name,
        description: wanted.description ?? '',
        regionSlug: wanted.region,
        ipRange: wanted.ip_range ?? `10.${100 + siblings.length}.0.0/20`,
        isDefault: !siblings.some((one) => one.regionSlug === wanted.region),
        createdAt: world.now(),
      }
      world.vpcs.set(vpc.id, vpc)
      return { status: 201, body: { vpc: presentVpc(vpc) } }
    },
  },
  {
    method: 'GET',
    path: '/v2/vpcs/{vpc_id}',
    operation: 'vpcs_get',
    scopes: ['vpc:read'],
    run: (call) => ({ status: 200, body: { vpc: presentVpc(vpcOf(call)) } }),
  },
  {
    method: 'GET',
    path: '/v2/vpcs/{vpc_id}/members',
    operation: 'vpcs_list_members',
    scopes: ['vpc:read'],
    run(call) {
      const type = call.query.get('resource_type')
      const members = membersOf(call, vpcOf(call)).filter(({ urn }) => type === null || urn.startsWith(`do:${type}:`))
      return page(call, 'members', members, (member) => member)
    },
  },
  {
    method: 'DELETE',
    path: '/v2/vpcs/{vpc_id}',
    operation: 'vpcs_delete',
    scopes: ['vpc:delete'],
    run(call) {
      const vpc = vpcOf(call)
      if (vpc.isDefault) throw new ApiError(403, 'Can not delete default VPCs')
      if (membersOf(call, vpc).length > 0) throw new ApiError(403, 'Can not delete VPC with members')
      call.world.vpcs.delete(vpc.id)
      return { status: 204 }
    },
  },
]
