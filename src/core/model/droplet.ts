/** A machine at a provider. `url` is where its web app answers once it is `active`. */
export interface Droplet {
  readonly id: string
  readonly name: string
  readonly status: 'new' | 'active' | 'off'
  readonly url: string | null
  readonly tags: readonly string[]
  readonly createdAt: number
  /** null: the provider does not say. */
  readonly dollarsPerHour: number | null
  /** e.g. `0.25 vCPU, 256 MB`. */
  readonly size: string
  readonly region: string
  /** Of one that was just made as something other than usual: as what, and why, in words. */
  readonly instead?: string
}

/** A droplet of an account, to pick. */
export interface DropletPick {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly region: string
  readonly size: string
  /** e.g. `2 vCPU, 4 GB`. */
  readonly about: string
  /** GiB; null: not known. */
  readonly diskGib: number | null
  readonly dollarsPerHour: number | null
  readonly dollarsPerMonth: number | null
  /** IPv4, or IPv6 where there is no other. */
  readonly publicIp: string | null
  readonly privateIp: string | null
  /** null: in none that is known. */
  readonly vpcId: string | null
}

/** A load balancer of an account, as it suits the picked droplet. */
export interface LoadBalancerPick {
  readonly id: string
  readonly name: string
  readonly ip: string
  readonly rules: readonly string[]
  readonly targetPort: number | null
  readonly healthPath: string | null
  /** It sends traffic to the picked droplet already. */
  readonly serves: boolean
  /** Why it cannot be used; null: it can. */
  readonly unfit: string | null
}

/** A size that a clone of the picked droplet can have. */
export interface SizePick {
  readonly slug: string
  readonly about: string
  readonly dollarsPerHour: number
  readonly dollarsPerMonth: number
}

export interface SizeOffer {
  /** The droplet's own first, then cheapest first. */
  readonly sizes: readonly SizePick[]
  /** Why the droplet's own size is not among them, as a sentence; null: it is. */
  readonly ownUnfit: string | null
}

/** What a token must be allowed, and what for, in words that complete "so that Spinup can …". */
export interface ScopeNeed {
  readonly scope: string
  readonly why: string
}

/** What the snapshot is called that an operation (16 hex digits) takes of a pool's origin. */
export function snapshotName(poolId: string, operationId: string): string {
  return `spinup-${poolId}-${operationId}`
}

/**
 * Whether a snapshot of that name is of Spinup's making, so that it may be deleted when it is old. Beginning with
 * `spinup-` is not enough: control panels offer `<droplet>-<time>`, and a team's droplet may well be called `spinup-1`.
 */
export function isSnapshotName(name: string): boolean {
  return /^spinup-.+-[0-9a-f]{16}$/.test(name)
}
