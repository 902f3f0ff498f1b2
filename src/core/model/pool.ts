import type { Policy } from './policy.ts'

/** `connecting`: onboarding is not finished, nothing is decided; `ready`: the pool is judged every tick. */
export type PoolPhase = 'connecting' | 'ready'

/** The droplets behind one load balancer that scale together. */
export interface Pool {
  readonly id: string
  /** Short name used in chat; also the prefix of its clones' names. */
  readonly name: string
  readonly phase: PoolPhase
  /** Registry name of the provider, e.g. `local`. */
  readonly provider: string
  /** Registry name of the balancer, e.g. `builtin`. */
  readonly balancer: string
  readonly originDropletId: string | null
  readonly snapshotId: string | null
  readonly policy: Policy
  readonly createdAt: number
  /** Price of one member, US dollars an hour. */
  readonly dollarsPerHour: number
  /** How long the provider says a droplet takes to boot, until the pool has learned its own, ms. */
  readonly bootMs: number
  /** Port and path a healthy member answers 2xx on. */
  readonly healthPath: string
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
}

/** Stops deciding until `expiresAt` (epoch ms); `null` means until someone resumes. */
export interface Pause {
  readonly owner: Actor
  readonly reason: string
  readonly at: number
  readonly expiresAt: number | null
}
