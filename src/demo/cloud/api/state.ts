import { createHash, randomUUID } from 'node:crypto'
import { defaultProject, defaultVpc, freePrivateIp, freePublicIp, type World } from './world.ts'
import { membersOf } from './balancer.ts'
import { destroy, takeSnapshot } from './droplet-life.ts'
import type {
  DropletRecord,
  FirewallRecord,
  ImageRecord,
  LoadBalancerRecord,
  ProjectRecord,
  SshKeyRecord,
  TokenRecord,
} from './records.ts'
import { addTag, ensureTag, tagged } from './tags.ts'
import { addToken, type NewToken } from './tokens.ts'

export interface NewDroplet {
  readonly name: string
  readonly region?: string
  readonly size?: string
  readonly status?: 'active' | 'off'
  readonly tags?: readonly string[]
  readonly sshKeyIds?: readonly number[]
  readonly monitoring?: boolean
  readonly backups?: boolean
  readonly volumeIds?: readonly string[]
  /** GB, where it is not its plan's: it was resized without its disk. */
  readonly disk?: number
  /** `none`: it was made without public networking; `ipv6`: an address of that kind alone, `ip` where it is given. */
  readonly network?: 'none' | 'ipv6'
  /** Where it really answers, e.g. a server of the test. */
  readonly ip?: string
  readonly port?: number
}

/** The account as a test arranges, watches and meddles with it. The maps are live; records may be changed. */
export interface State extends Pick<
  World,
  | 'account'
  | 'regions'
  | 'sizes'
  | 'droplets'
  | 'actions'
  | 'images'
  | 'tags'
  | 'keys'
  | 'vpcs'
  | 'projects'
  | 'firewalls'
  | 'balancers'
  | 'listedFrom'
  | 'bends'
> {
  readonly tokens: World['tokens']
  /** Full access unless given. */
  addToken(wanted?: Partial<NewToken>): TokenRecord
  revokeToken(value: string): void
  expireToken(value: string): void
  /** A droplet that has always been there; no backing is asked. */
  addDroplet(wanted: NewDroplet): DropletRecord
  /** By the agent's hand: deleted, or powered, in the control panel. Locks are not asked. */
  deleteByHand(dropletId: number): void
  powerByHand(dropletId: number, to: 'on' | 'off'): void
  addSnapshot(dropletId: number, name: string): Promise<ImageRecord>
  addKey(name: string): SshKeyRecord
  addFirewall(name: string, dropletIds: readonly number[], tags?: readonly string[]): FirewallRecord
  addProject(name: string, urns?: readonly string[]): ProjectRecord
  /** Becomes active after `balancerCreateMs`. */
  addBalancer(wanted: {
    readonly name: string
    readonly region?: string
    readonly dropletIds?: readonly number[]
    readonly tag?: string
    readonly type?: LoadBalancerRecord['type']
  }): LoadBalancerRecord
  /** Leads to the droplet, until that is deleted; null: to none. */
  addReservedIp(ip: string, dropletId: number | null): void
  /** Over everything else; null: as the `healthy` option says. */
  setHealthy(dropletId: number, healthy: boolean | null): void
  /** The members the balancer's checks hold for up: those that get traffic. */
  inRotation(balancerId: string): readonly DropletRecord[]
  dropletsTagged(tag: string): readonly DropletRecord[]
}

export function createState(world: World): State {
  const need = (dropletId: number): DropletRecord => {
    const droplet = world.droplets.get(dropletId)
    if (!droplet) throw new Error(`the stand-in has no droplet ${dropletId}`)
    return droplet
  }
  const { images, droplets, keys, tokens, projects, firewalls, balancers } = world
  return {
    ...world,
    addToken: (wanted = {}) => addToken(world, { name: 'full', scopes: ['read', 'write'], ...wanted }),
    revokeToken(value) {
      const token = tokens.get(value)
      if (token) token.revoked = true
    },
    expireToken(value) {
      const token = tokens.get(value)
      if (token) token.expiresAt = world.now() - 1
    },
    addDroplet(wanted) {
      const regionSlug = wanted.region ?? 'nyc3'
      const sizeSlug = wanted.size ?? 's-1vcpu-1gb'
      const vpcId = defaultVpc(world, regionSlug).id
      const features = [
        'droplet_agent',
        'private_networking',
        ...(wanted.monitoring ? ['monitoring'] : []),
        ...(wanted.backups ? ['backups'] : []),
        ...(wanted.network === 'ipv6' ? ['ipv6'] : []),
      ]
      const droplet: DropletRecord = {
        id: world.nextId(),
        name: wanted.name,
        status: wanted.status ?? 'active',
        lockedBy: null,
        sizeSlug,
        disk: wanted.disk ?? world.sizes.get(sizeSlug)?.disk ?? 25,
        regionSlug,
        imageId: [...images.keys()][0] ?? 0,
        createdAt: world.now(),
        userData: '',
        sshKeyIds: wanted.sshKeyIds ?? [],
        features: new Set(features),
        vpcId,
        tags: [],
        publicIp: wanted.network === undefined ? (wanted.ip ?? freePublicIp(world)) : null,
        publicIp6: wanted.network === 'ipv6' ? (wanted.ip ?? '2001:db8::5') : null,
        privateIp: wanted.network === 'ipv6' ? freePrivateIp(world, vpcId) : (wanted.ip ?? freePrivateIp(world, vpcId)),
        inside: wanted.network === 'none',
        volumeIds: [...(wanted.volumeIds ?? [])],
        port: wanted.port ?? null,
      }
      for (const tag of wanted.tags ?? []) addTag(world, droplet, tag, `${world.origin()}/v2/droplets/${droplet.id}`)
      droplets.set(droplet.id, droplet)
      defaultProject(world).resources.set(`do:droplet:${droplet.id}`, world.now())
      return droplet
    },
    deleteByHand(dropletId) {
      destroy(world, need(dropletId))
    },
    powerByHand(dropletId, to) {
      need(dropletId).status = to === 'on' ? 'active' : 'off'
    },
    addSnapshot: (dropletId, name) => takeSnapshot(world, need(dropletId), name),
    addKey(name) {
      const bytes = Buffer.from(randomUUID())
      // As OpenSSH once wrote it: the md5 of the key's bytes, in pairs.
      const fingerprint = (createHash('md5').update(bytes).digest('hex').match(/../g) ?? []).join(':')
      const publicKey = `ssh-ed25519 ${bytes.toString('base64')} ${name}`
      const key: SshKeyRecord = { id: world.nextId(), name, publicKey, fingerprint }
      keys.set(key.id, key)
      return key
    },
    addFirewall(name, dropletIds, firewallTags = []) {
      const firewall: FirewallRecord = {
        id: randomUUID(),
        name,
        createdAt: world.now(),
        dropletIds: [...dropletIds],
        tags: firewallTags.map((tag) => ensureTag(world, tag).name),
        inboundRules: [{ protocol: 'tcp', ports: '80', sources: { addresses: ['0.0.0.0/0'] } }],
        outboundRules: [],
      }
      firewalls.set(firewall.id, firewall)
      return firewall
    },
    addProject(name, urns = []) {
      const at = world.now()
      const resources = new Map(urns.map((urn) => [urn, at]))
      for (const urn of urns) for (const other of projects.values()) other.resources.delete(urn)
      const purpose = 'Web Application'
      const project: ProjectRecord = {
        id: randomUUID(),
        name,
        purpose,
        description: '',
        environment: 'Production',
        isDefault: false,
        createdAt: at,
        updatedAt: at,
        resources,
      }
      projects.set(project.id, project)
      return project
    },
    addBalancer(wanted) {
      const regionSlug = wanted.region ?? 'nyc3'
      const project = defaultProject(world)
      const balancer: LoadBalancerRecord = {
        id: randomUUID(),
        name: wanted.name,
        type: wanted.type ?? 'REGIONAL',
        status: 'new',
        ip: '',
        regionSlug,
        vpcId: defaultVpc(world, regionSlug).id,
        projectId: project.id,
        createdAt: world.now(),
        forwardingRules: [{ entry_protocol: 'http', entry_port: 80, target_protocol: 'http', target_port: 80 }],
        healthCheck: {
          protocol: 'http',
          port: 80,
          path: '/',
          check_interval_seconds: 10,
          response_timeout_seconds: 5,
          healthy_threshold: 5,
          unhealthy_threshold: 3,
        },
        tag: wanted.tag === undefined ? '' : ensureTag(world, wanted.tag).name,
        dropletIds: [...(wanted.dropletIds ?? [])],
        busyUntil: 0,
        health: new Map(),
      }
      balancers.set(balancer.id, balancer)
      project.resources.set(`do:loadbalancer:${balancer.id}`, world.now())
      world.later(world.timings.balancerCreateMs, () => {
        balancer.ip = freePublicIp(world)
        balancer.status = 'active'
      })
      return balancer
    },
    addReservedIp(ip, dropletId) {
      world.reservedIps.push({ ip, regionSlug: 'nyc3', dropletId })
    },
    setHealthy(dropletId, healthy) {
      if (healthy === null) world.healthBySay.delete(dropletId)
      else world.healthBySay.set(dropletId, healthy)
    },
    inRotation(balancerId) {
      const balancer = balancers.get(balancerId)
      if (!balancer) return []
      return membersOf(world, balancer).filter((droplet) => balancer.health.get(droplet.id)?.up)
    },
    dropletsTagged: (tag) => tagged(world, tag),
  }
}
