import type { DropletRecord } from './records.ts'
import type { World } from './world.ts'

function tree(world: World, droplet: DropletRecord): Record<string, unknown> {
  const publicKeys = droplet.sshKeyIds.map((id) => world.keys.get(id)?.publicKey ?? '')
  const address = (ip: string | null): unknown => (ip === null ? [] : [{ ipv4: { ip_address: ip } }])
  return {
    droplet_id: droplet.id,
    hostname: droplet.name,
    user_data: droplet.userData,
    vendor_data: '',
    public_keys: publicKeys,
    region: droplet.regionSlug,
    interfaces: { public: address(droplet.publicIp), private: address(droplet.privateIp) },
    tags: droplet.tags,
    features: Object.fromEntries([...droplet.features].map((feature) => [feature, true])),
  }
}

export interface Document {
  readonly status: number
  readonly type: string
  readonly text: string
}

const unknown: Document = { status: 404, type: 'text/plain', text: 'not found' }

/**
 * What `http://169.254.169.254` tells the droplet itself, under `/droplets/{id}`: `/metadata/v1.json` and the leaves an
 * agent reads. null: it is no such path; an unknown droplet or leaf is a 404.
 */
export function metadata(world: World, path: string): Document | null {
  const [, id, leaf] = /^\/droplets\/(\d+)\/metadata\/(.+)$/.exec(path) ?? []
  if (leaf === undefined) return null
  const droplet = world.droplets.get(Number(id))
  if (!droplet) return unknown
  if (leaf === 'v1.json') {
    return { status: 200, type: 'application/json', text: JSON.stringify(tree(world, droplet)) }
  }
  const leaves: Readonly<Record<string, string | null>> = {
    'v1/id': String(droplet.id),
    'v1/hostname': droplet.name,
    'v1/user-data': droplet.userData,
    'v1/region': droplet.regionSlug,
    'v1/tags/': droplet.tags.join('\n'),
    'v1/interfaces/public/0/ipv4/address': droplet.publicIp,
    'v1/interfaces/private/0/ipv4/address': droplet.privateIp,
  }
  const text = leaves[leaf] ?? null
  return text === null ? unknown : { status: 200, type: 'text/plain', text }
}
