import { isIPv6 } from 'node:net'
import { page } from './page.ts'
import { presentDroplet, presentKey, presentRegion, presentSize, presentVpc, regionOf } from './present.ts'
import type { ReservedIpRecord } from './records.ts'
import { route, type Call, type Route } from './route.ts'

const reserved = (call: Call, six: boolean): ReservedIpRecord[] =>
  call.world.reservedIps.filter(({ ip }) => isIPv6(ip) === six)

function dropletOf(call: Call, { dropletId }: ReservedIpRecord): unknown {
  const droplet = dropletId === null ? undefined : call.world.droplets.get(dropletId)
  return droplet ? presentDroplet(call.world, droplet) : null
}

/** The account, and what it has to choose from: regions, sizes, SSH keys, private networks, reserved addresses. */
export const accountRoutes: readonly Route[] = [
  route('GET /v2/account', 'account_get', ['account:read'], ({ world }) => {
    const { uuid, email, dropletLimit } = world.account
    const account = {
      droplet_limit: dropletLimit,
      floating_ip_limit: 3,
      name: 'Ops',
      email,
      uuid,
      email_verified: true,
      status: 'active',
      status_message: '',
      team: { name: 'My Team', uuid },
    }
    return { status: 200, body: { account } }
  }),
  route('GET /v2/regions', 'regions_list', ['regions:read'], (call) =>
    page(call, 'regions', [...call.world.regions.values()], (one) => presentRegion(call.world, one)),
  ),
  route('GET /v2/sizes', 'sizes_list', ['sizes:read', 'regions:read'], (call) =>
    page(call, 'sizes', [...call.world.sizes.values()], (size) => presentSize(call.world, size)),
  ),
  route('GET /v2/account/keys', 'sshKeys_list', ['ssh_key:read'], (call) =>
    page(call, 'ssh_keys', [...call.world.keys.values()], presentKey),
  ),
  route('GET /v2/vpcs', 'vpcs_list', ['vpc:read'], (call) =>
    page(call, 'vpcs', [...call.world.vpcs.values()], presentVpc),
  ),
  route('GET /v2/reserved_ips', 'reservedIPs_list', ['reserved_ip:read'], (call) =>
    page(call, 'reserved_ips', reserved(call, false), (one) => ({
      ip: one.ip,
      droplet: dropletOf(call, one),
      region: regionOf(call.world, one.regionSlug),
      locked: false,
    })),
  ),
  route('GET /v2/reserved_ipv6', 'reservedIPv6_list', ['reserved_ip:read'], (call) =>
    page(call, 'reserved_ipv6s', reserved(call, true), (one) => ({
      ip: one.ip,
      droplet: dropletOf(call, one),
      region_slug: one.regionSlug,
      reserved_at: '2026-01-01T00:00:00Z',
    })),
  ),
]
