import type { Actor } from './pool.ts'

/** `cover`: a clone comes in to carry the traffic; `snapshot`: of the origin; `roll`: the clones, one by one; `over`. */
export type RefreshStep = 'cover' | 'snapshot' | 'roll' | 'over'

/** A new snapshot and the clones made from it, one by one; survives restarts, shown on one card. Times are epoch ms. */
export interface Refresh {
  readonly id: string
  readonly actor: Actor
  /** The snapshot is taken while the origin runs. */
  readonly live: boolean
  readonly startedAt: number
  readonly endedAt: number | null
  readonly step: RefreshStep
  readonly stage: 'working' | 'done' | 'failed' | 'stopped'
  /** Someone asked to stop; it does so when what is under way has ended. */
  readonly stopping: boolean
  readonly oldSnapshotId: string | null
  readonly snapshotId: string | null
  /** What is under way; null: nothing. */
  readonly operationId: string | null
  /** The clone that carries the traffic while the origin is away, if one had to be made. */
  readonly cover: string | null
  /** New clones made so far, less old ones taken out for them: 1, 0 or -1. */
  readonly owed: number
  readonly moves: readonly RefreshMove[]
  /** Why nothing is under way just now, in words. */
  readonly waiting: string | null
  readonly failure: string | null
}

/** One piece of it: the clone that carries the traffic, the origin's snapshot, a clone that came in or went. */
export interface RefreshMove {
  readonly memberId: string
  readonly way: 'cover' | 'snapshot' | 'in' | 'out'
  /** It is the one more than the maximum that the policy allows a refresh. */
  readonly above?: true
  /** It was made as something other than usual, as `Operation` has it. */
  readonly instead?: string
  readonly operationId: string
  readonly state: 'working' | 'done' | 'failed'
  readonly startedAt: number
  readonly tookMs: number | null
  readonly reason: string | null
}
