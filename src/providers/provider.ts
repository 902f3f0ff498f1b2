import type { LeastBill } from '../core/model/billing.ts'
import type { Permit, Still } from '../core/model/bound.ts'
import type { Droplet } from '../core/model/droplet.ts'

export type { Droplet }

export interface CreateRequest {
  readonly name: string
  readonly snapshotId: string
  /**
   * Idempotency: a droplet already carrying `operationTag` is returned instead of making a second one.
   * `tags` are added beside it.
   */
  readonly operationTag: string
  readonly tags: readonly string[]
  /** Handed to the new machine before its services start; how a clone learns who it is. */
  readonly userData: string
  /** What it may be made as, in this order, when the provider refuses the usual for now; absent: nothing else. */
  readonly instead?: Instead
}

/** Other sizes and regions that the team allows, by the provider's own names. A provider that has neither ignores them. */
export interface Instead {
  readonly sizes: readonly string[]
  readonly regions: readonly string[]
  /** Whether the cost limits leave that much an hour for each clone, US dollars. */
  readonly pays: (dollarsPerHour: number) => boolean
}

export interface Snapshot {
  readonly id: string
  readonly complete: boolean
  /** 0 to 1. */
  readonly progress: number
}

/**
 * A cloud account. Each call resolves when the provider has *accepted* the work (poll `get` for the outcome), has its
 * own deadline, and throws `SpinupError` (message fit for chat, `retryable` set) when it cannot: `providerRefused`, with
 * what for, when it may be given later; `providerFailed` otherwise.
 */
export interface Provider {
  readonly name: string
  /** The least it bills for one droplet; absent: nothing beyond its time. */
  readonly leastBill?: LeastBill
  /** How long a droplet usually takes from its order until it serves, ms; absent: it does not say. */
  readonly usualBootMs?: number
  /** Every droplet, or those that carry `tag`. */
  list(tag?: string): Promise<readonly Droplet[]>
  /** null: there is none (any more). */
  get(id: string): Promise<Droplet | null>
  /**
   * `permit` is asked right before a droplet is ordered, or one of two with the same `operationTag` is deleted. Throws
   * `conflict` without a permit, and `limited` where the account has as many droplets as it allows; nothing is made then.
   */
  create(request: CreateRequest, permit: Permit): Promise<Droplet>
  /** `off` is a graceful shutdown. Asking for the state it is in is fine. `still` is asked before each request that switches. */
  power(id: string, to: 'on' | 'off', still?: Still): Promise<void>
  /** Starts a snapshot called `name`, or tells how far the one of that name is. `still` is asked before it is started. */
  snapshot(id: string, name: string, still?: Still): Promise<Snapshot>
  /** Gone already is fine. */
  destroy(id: string, still?: Still): Promise<void>
  /**
   * Deletes Spinup's own snapshots of a droplet beyond the newest `keep`, except those in `inUse` and those a clone is
   * being made from; resolves to how many. `still` is asked before each. Absent: it keeps them all.
   */
  pruneSnapshots?(originId: string, keep: number, inUse: readonly string[], still?: Still): Promise<number>
}
