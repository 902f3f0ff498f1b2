export interface RegionRecord {
  readonly slug: string
  readonly name: string
  available: boolean
}

export interface SizeRecord {
  readonly slug: string
  readonly description: string
  readonly memory: number
  readonly vcpus: number
  readonly disk: number
  readonly transfer: number
  readonly priceMonthly: number
  readonly priceHourly: number
  /** Where it is sold out now: not listed there, and refused. */
  readonly soldOutIn: Set<string>
}

export interface DropletRecord {
  readonly id: number
  name: string
  status: 'new' | 'active' | 'off'
  /** The id of the action that runs on it; everything else is refused meanwhile. */
  lockedBy: number | null
  sizeSlug: string
  /** Of the disk, GB; stays as it was after a resize without `disk`. */
  disk: number
  readonly regionSlug: string
  imageId: number
  readonly createdAt: number
  readonly userData: string
  readonly sshKeyIds: readonly number[]
  readonly features: Set<string>
  readonly vpcId: string
  /** In the capitals each was first written with. */
  tags: string[]
  publicIp: string | null
  publicIp6: string | null
  privateIp: string | null
  /** Made without public networking: it never has a public address. */
  readonly inside: boolean
  readonly volumeIds: string[]
  /** Of the web app, when a backing gave one. */
  port: number | null
}

export interface ActionRecord {
  readonly id: number
  readonly type: string
  status: 'in-progress' | 'completed' | 'errored'
  readonly startedAt: number
  completedAt: number | null
  readonly resourceId: number
  readonly resourceType: 'droplet' | 'image'
  readonly regionSlug: string
  /** Why it errored; the API does not tell. */
  error: unknown
}

export interface ImageRecord {
  readonly id: number
  name: string
  readonly type: 'base' | 'snapshot'
  distribution: string
  readonly slug: string | null
  readonly public: boolean
  readonly regions: string[]
  readonly createdAt: number
  readonly minDisk: number
  readonly sizeGigabytes: number
  /** The droplet it was taken of. */
  readonly dropletId: number | null
  tags: string[]
}

export interface ReservedIpRecord {
  readonly ip: string
  readonly regionSlug: string
  dropletId: number | null
}

export interface TagRecord {
  readonly name: string
  lastTaggedUri: string | null
}

export interface SshKeyRecord {
  readonly id: number
  name: string
  readonly publicKey: string
  readonly fingerprint: string
}

export interface VpcRecord {
  readonly id: string
  name: string
  description: string
  readonly regionSlug: string
  readonly ipRange: string
  isDefault: boolean
  readonly createdAt: number
}

export interface ProjectRecord {
  readonly id: string
  name: string
  description: string
  purpose: string
  environment: string
  readonly isDefault: boolean
  readonly createdAt: number
  updatedAt: number
  /** urn → when it was assigned, epoch ms. */
  readonly resources: Map<string, number>
}

export interface FirewallRecord {
  readonly id: string
  name: string
  readonly createdAt: number
  dropletIds: number[]
  tags: string[]
  inboundRules: unknown[]
  outboundRules: unknown[]
}

export interface ForwardingRule {
  readonly entry_protocol: string
  readonly entry_port: number
  readonly target_protocol: string
  readonly target_port: number
}

export interface LoadBalancerRecord {
  readonly id: string
  readonly type: 'REGIONAL' | 'REGIONAL_NETWORK' | 'GLOBAL'
  name: string
  status: 'new' | 'active' | 'errored'
  ip: string
  readonly regionSlug: string
  readonly vpcId: string
  readonly projectId: string
  readonly createdAt: number
  forwardingRules: ForwardingRule[]
  healthCheck: Record<string, unknown>
  tag: string
  dropletIds: number[]
  /** Refuses changes until then, epoch ms of the real clock. */
  busyUntil: number
  /** droplet id → its checks' present verdict and when the opposite began, epoch ms of the real clock. */
  readonly health: Map<number, { up: boolean; changingSince: number | null }>
}

export interface TokenRecord {
  readonly value: string
  /** For the log; never the token itself. */
  readonly name: string
  /** `read`, `write`, or `resource:verb`. */
  readonly scopes: readonly string[]
  readonly createdAt: number
  expiresAt: number | null
  revoked: boolean
  /** The OAuth application it was made for. */
  readonly clientId: string | null
  refreshToken: string | null
}
