import type { Actor } from './pool.ts'
import type { AuditOutcome } from './audit.ts'
import type { Card, PoolRef, StatusView, View } from './view.ts'

/**
 * One entry of the web console's channel. `id` grows with every new entry and is their order; `change` grows with every
 * new *or edited* one of the channel, so "everything after change N" is what a page missed. `at` is when it first appeared.
 */
export type ConsoleMessage =
  | {
      readonly kind: 'line'
      readonly id: string
      readonly change: number
      readonly at: number
      readonly actor: Actor
      readonly text: string
    }
  | {
      readonly kind: 'card'
      readonly id: string
      readonly change: number
      readonly at: number
      readonly card: Card
    }

/**
 * Messages oldest change first, and the change up to which they are complete. Changes count within an `epoch`; another
 * one is another log, since Redis was emptied. `whole`: these are all there are, and what a reader had before is not.
 */
export interface ConsolePage {
  readonly messages: readonly ConsoleMessage[]
  readonly cursor: number
  readonly epoch: string
  readonly whole: boolean
}

/** A pool on the console's live strip, about once a second. */
export interface Live {
  readonly at: number
  readonly status: StatusView & { readonly of: PoolRef }
  /** Answered requests a second over the whole pool; null where the balancer cannot tell. */
  readonly rps: number | null
  /** 95th percentile of whole answers at the slowest member, ms; null: unknown or idle. */
  readonly p95Ms: number | null
  /** Requests at the members; null where the balancer cannot tell. */
  readonly inFlight: number | null
}

/** What a page shows before it has asked for anything: the newest messages, how many came before them, and the pools. */
export interface FirstLook {
  readonly page: ConsolePage
  readonly earlier: number
  /** null: not looked at yet. */
  readonly live: readonly Live[] | null
  readonly trails: Trails
}

/** What a scale event's own page shows. */
export interface EpisodePage {
  /** The card it is of, as the channel has it. */
  readonly cardId: string
  /** When it began, epoch ms. */
  readonly at: number
  /** null: nothing came of the decision. */
  readonly view: View | null
  readonly decision: View | null
  /** What the history has of it, oldest first. */
  /** How far the channel was read before; what changed since then is news. */
  readonly place?: { readonly epoch: string; readonly cursor: number }
  readonly timeline: readonly {
    readonly at: number
    readonly who: string
    readonly what: string
    readonly result: string
    readonly outcome: AuditOutcome
  }[]
}

/** `[at, load, rps]`, oldest first; null where unknown. */
export type Trail = readonly (readonly [at: number, load: number | null, rps: number | null])[]

/** What each pool's sparklines show, by its id: the last three minutes of its stat. */
export type Trails = Readonly<Record<string, { readonly stat: string; readonly points: Trail }>>

/** How far back sparklines reach, ms. */
export const TRAIL_MS = 180_000

/** The trails with one more look at every pool; those of pools that are gone end. */
export function extendTrails(trails: Trails, live: readonly Live[]): Trails {
  return Object.fromEntries(
    live.map(({ at, status, rps }) => {
      const before = trails[status.of.id]
      const kept = (before?.points ?? []).filter(([then]) => then > at - TRAIL_MS && then < at)
      // Another stat's values would be drawn to this one's scale.
      const points: Trail = before?.stat === status.stat ? kept : kept.map(([then, , each]) => [then, null, each])
      return [status.of.id, { stat: status.stat, points: [...points, [at, status.value, rps]] }]
    }),
  )
}
