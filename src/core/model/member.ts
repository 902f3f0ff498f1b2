import type { Actor } from './pool.ts'

/** Every phase there is, in the order of a member's life. */
export const MEMBER_PHASES = ['creating', 'booting', 'joining', 'inService', 'draining', 'deleting', 'failed'] as const
/** A member's life, in order; `failed` can follow any of them. */
export type MemberPhase = (typeof MEMBER_PHASES)[number]

/** `origin`: the team's own droplet, never deleted; `clone`: made from its snapshot by an operation. */
export type MemberRole = 'origin' | 'clone'

/** Spares one member from scale in until `expiresAt` (epoch ms; `null`: until lifted). */
export interface Protection {
  readonly owner: Actor
  readonly reason: string
  readonly at: number
  readonly expiresAt: number | null
}

export interface Member {
  /** Unique in its pool and readable in chat, e.g. `web-3`; assigned before the droplet exists. */
  readonly id: string
  readonly poolId: string
  readonly role: MemberRole
  readonly phase: MemberPhase
  /** Since when it is in this phase, epoch ms. */
  readonly phaseAt: number
  readonly createdAt: number
  readonly dropletId: string | null
  /** Base URL the balancer forwards to, e.g. `http://10.0.0.4:80`; null until it has booted. */
  readonly url: string | null
  /** The operation that is working on it now, if any. */
  readonly operationId: string | null
  /** Why it failed, in words. */
  readonly failure: string | null
  /** What its droplet costs, US dollars an hour; absent: what clones usually do. */
  readonly dollarsPerHour?: number
  /** It was made as something other than usual, as `Operation` has it. */
  readonly instead?: string
  /** The snapshot it was made from; absent: not known. */
  readonly snapshotId?: string | null
}

/** Phases that count towards the pool's size: present, or on their way in. */
export function counts(member: { readonly phase: MemberPhase }): boolean {
  return (
    member.phase === 'creating' ||
    member.phase === 'booting' ||
    member.phase === 'joining' ||
    member.phase === 'inService'
  )
}

/** Whether a pin or protection is in force at `now`. */
export function inForce(entry: { readonly expiresAt: number | null } | null, now: number): boolean {
  return entry !== null && (entry.expiresAt === null || entry.expiresAt > now)
}
