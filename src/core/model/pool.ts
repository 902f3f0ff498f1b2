import type { BalancerSettings } from './backend.ts'
import type { Policy } from './policy.ts'

/**
 * `connecting`: onboarding is not finished, nothing is decided; `ready`: the pool is judged every tick;
 * `disconnecting`: its clones are leaving, then it is forgotten.
 */
export type PoolPhase = 'connecting' | 'ready' | 'disconnecting'

/** Where a member's web app answers, where the provider leaves a choice. */
export interface MemberAddress {
  readonly network: 'public' | 'private'
  readonly port: number
}

/** What clones are made as; null: as their origin. */
export interface CloneSettings {
  readonly size: string | null
  readonly region: string | null
}

/** The droplets behind one load balancer that scale together. */
export interface Pool {
  readonly id: string
  /** Short name used in chat; also the prefix of its clones' names. */
  readonly name: string
  readonly phase: PoolPhase
  /** The workspace that connected it, where that is not the installation's own; see `Place`. */
  readonly tenant?: string | null
  /** Registry name of the provider, e.g. `local`. */
  readonly provider: string
  /** Id of the linked account that its droplets are in; null where the provider knows none (the local one). */
  readonly account: string | null
  /** Registry name of the balancer, e.g. `builtin`. */
  readonly balancer: string
  /** null: none needed, or those of the environment. */
  readonly balancerSettings: BalancerSettings | null
  readonly address: MemberAddress
  readonly clones: CloneSettings
  readonly originDropletId: string | null
  readonly snapshotId: string | null
  /** So many of its snapshots are kept; absent: two. */
  readonly keepSnapshots?: number
  readonly policy: Policy
  readonly createdAt: number
  /** Price of one clone, US dollars an hour. */
  readonly dollarsPerHour: number
  /** Price of the origin, where it is another; US dollars an hour. */
  readonly originDollarsPerHour?: number
  /** How long the provider says a droplet takes to boot, until the pool has learned its own, ms. */
  readonly bootMs: number
  /** Port and path a healthy member answers 2xx on. */
  readonly healthPath: string
}

/** What pools have that say nothing of accounts and settings; those stored before there were any. */
export const PLAIN_POOL: Pick<Pool, 'account' | 'balancerSettings' | 'address' | 'clones'> = {
  account: null,
  balancerSettings: null,
  address: { network: 'private', port: 80 },
  clones: { size: null, region: null },
}

/** A person (or Spinup itself) who did something, and where. */
export interface Actor {
  /** Platform-scoped id, e.g. `console:ada`; `spinup` for the bot itself. */
  readonly id: string
  readonly name: string
  readonly platform: string
}

export const SPINUP: Actor = { id: 'spinup', name: 'Spinup', platform: 'spinup' }

/** Holds the count at `count` until `expiresAt` (epoch ms), never past the policy's max. */
export interface Pin {
  readonly count: number
  readonly owner: Actor
  readonly reason: string
  readonly at: number
  readonly expiresAt: number
  /** The channel was warned that it expires soon, and what the load asked for then. */
  readonly warned?: { readonly at: number; readonly wanted: number }
}

/** Stops deciding until `expiresAt` (epoch ms); `null` means until someone resumes. */
export interface Pause {
  readonly owner: Actor
  readonly reason: string
  readonly at: number
  readonly expiresAt: number | null
}
