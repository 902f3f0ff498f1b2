import { SpinupError } from '../../core/model/error.ts'
import { reservedIpSchema } from './answers.ts'
import type { Edge } from './edge.ts'
import { everyPage } from './pages.ts'

const KINDS = [
  { path: '/reserved_ips', field: 'reserved_ips' },
  { path: '/reserved_ipv6', field: 'reserved_ipv6s' },
]

/** The reserved addresses, IPv4 and IPv6, that lead to a droplet; null: they cannot be seen. Only a warning hangs on it. */
export async function reservedIps(edge: Edge, dropletId: string): Promise<readonly string[] | null> {
  try {
    const listed = await Promise.all(
      KINDS.map(({ path, field }) =>
        everyPage(edge, {
          what: 'list the reserved IPs',
          scope: 'reserved_ip:read',
          field,
          item: reservedIpSchema,
          idOf: ({ ip }) => ip,
          send: (client, { page, per_page }) => client.get(path, { page: String(page), per_page: String(per_page) }),
        }),
      ),
    )
    return listed.flatMap((one) => one ?? []).flatMap(({ ip, droplet }) => (droplet?.id === dropletId ? [ip] : []))
  } catch (error) {
    if (error instanceof SpinupError) return null
    throw error
  }
}
