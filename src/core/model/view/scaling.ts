import type { Decision } from '../decision.ts'
import type { Actor } from '../pool.ts'
import type { Action, ChartRef } from './parts.ts'

/** One scale event, from decision to settled; edited in place. */
export interface EpisodeView {
  readonly kind: 'episode'
  readonly pool: string
  readonly direction: 'out' | 'in'
  readonly stage: 'working' | 'settled' | 'failed'
  readonly from: number
  readonly to: number
  readonly reason: string
  /** When what called for it was first seen; null: a person asked for it. */
  readonly detectedAt: number | null
  readonly startedAt: number
  readonly endedAt: number | null
  readonly actor: Actor
  /** How the team was asked, where it was; null: nobody was. */
  readonly approval: {
    readonly state: ProposalState
    readonly by: readonly Actor[]
    readonly note: string | null
  } | null
  /** The whole of a crowd, or of a pool that goes back and forth; absent: one change. */
  readonly crowd?: {
    readonly since: number
    /** The sizes at which it turned, from the first to the last: `[1, 6, 1]`. */
    readonly path: readonly number[]
    /** The longest that visitors waited, p95 in ms; null: not known. */
    readonly worstP95Ms: number | null
    /** What it cost beyond the size before, US dollars; null: it goes on. */
    readonly dollars: number | null
  }
  /** IANA name of the zone whose clock its times are read on; absent: UTC. */
  readonly timeZone?: string
  /** What the card showed before, oldest first. */
  readonly earlier: readonly {
    readonly at: number
    readonly from: number
    readonly to: number
    readonly reason: string
  }[]
  /** Of the change under way, or the last one. */
  readonly members: readonly {
    readonly id: string
    readonly label: string
    readonly state: 'working' | 'done' | 'failed'
    readonly tookMs: number | null
    readonly detail: string | null
  }[]
  readonly dollarsPerHourBefore: number
  readonly dollarsPerHourAfter: number
  readonly chart: ChartRef | null
  readonly actions: readonly Action[]
}

export type ProposalState = 'open' | 'approved' | 'denied' | 'expired' | 'superseded'

/** A question to the team, in mode `approve`. */
export interface ProposalView {
  readonly kind: 'proposal'
  readonly pool: string
  readonly direction: 'out' | 'in'
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly state: ProposalState
  readonly deadlineAt: number
  readonly onExpiry: 'act' | 'hold'
  readonly by: Actor | null
  /** Yes-votes so far, and how many it takes. */
  readonly votes: readonly Actor[]
  readonly quorum: number
  /** Who may answer, in words; empty: everyone. */
  readonly approvers: readonly string[]
  readonly decidedAt: number | null
  readonly note: string | null
  readonly dollarsPerHourBefore: number
  readonly dollarsPerHourAfter: number
  readonly actions: readonly Action[]
}

/** Why: one decision with its inputs. */
export interface DecisionView {
  readonly kind: 'decision'
  readonly pool: string
  readonly decision: Decision
  /** The last one that changed something; absent: this one, or there is none. */
  readonly before?: Decision
  /** In mode `observe`: nothing was done. */
  readonly observedOnly: boolean
  readonly chart: ChartRef | null
}
