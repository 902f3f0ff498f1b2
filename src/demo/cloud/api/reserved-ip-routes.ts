import { isIPv6 } from 'node:net'
import { page } from './page.ts'
import { presentDroplet, regionOf } from './present.ts'
import type { ReservedIpRecord } from './records.ts'
import type { Call, Route } from './route.ts'

const kind = (call: Call, six: boolean): ReservedIpRecord[] =>
  call.world.reservedIps.filter(({ ip }) => isIPv6(ip) === six)

function dropletOf(call: Call, { dropletId }: ReservedIpRecord): unknown {
  const droplet = dropletId === null ? undefined : call.world.droplets.get(dropletId)
  return droplet ? presentDroplet(call.world, droplet) : null
}

/** Addresses that outlive the droplets they lead to. */
export const reservedIpRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/reserved_ips',
    operation: 'reservedIPs_list',
    scopes: ['reserved_ip:read'],
    run: (call) =>
      page(call, 'reserved_ips', kind(call, false), (one) => ({
        ip: one.ip,
        droplet: dropletOf(call, one),
        region: regionOf(call.world, one.regionSlug),
        locked: false,
      })),
  },
  {
    method: 'GET',
    path: '/v2/reserved_ipv6',
    operation: 'reservedIPv6_list',
    scopes: ['reserved_ip:read'],
    run: (call) =>
      page(call, 'reserved_ipv6s', kind(call, true), (one) => ({
        ip: one.ip,
        droplet: dropletOf(call, one),
        region_slug: one.regionSlug,
        reserved_at: '2026-01-01T00:00:00Z',
      })),
  },
]
