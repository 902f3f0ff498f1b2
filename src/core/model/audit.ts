import type { Actor } from './pool.ts'

/** How something ended. `begun`: its end is in a later entry; `unknown`: the bot died before it could say. */
export type AuditOutcome = 'done' | 'begun' | 'nothing' | 'refused' | 'failed' | 'unknown'

/** What is kept of one thing that was done, or not done; everything about it but its place in the chain. */
export interface AuditDraft {
  /** Epoch ms: when it was asked for, or decided. */
  readonly at: number
  /**
   * `request`: a person asked; `vote`: a person answered a question; `decision`: Spinup acted by itself; `event`: what
   * came of something, or what Spinup noted; `cut`: older entries were dropped.
   */
  readonly kind: 'request' | 'vote' | 'decision' | 'event' | 'cut'
  readonly actor: Actor
  /** Where it was asked from; null: Spinup itself. */
  readonly place: { readonly platform: string; readonly channel: string } | null
  /** The workspace it belongs to; null: the installation's own team. */
  readonly tenant: string | null
  /** null: about no pool, or none yet. */
  readonly pool: { readonly id: string; readonly name: string } | null
  /** One stable word: the command's name, `scaleOut`, `scaleIn`, `approval`, `note`, `cut`. */
  readonly action: string
  /** The same in words. */
  readonly what: string
  readonly decision: string | null
  readonly episode: string | null
  readonly approval: string | null
  readonly outcome: AuditOutcome
  /** How it ended, in words; empty: there is no more to say. */
  readonly told: string
  /** The request as it was understood, or the figures; values are plain JSON. */
  readonly detail: Readonly<Record<string, unknown>>
}

/** One link of the chain: its hash is SHA-256 over the one before, a line feed, and the canonical JSON of the rest. */
export interface AuditEntry extends AuditDraft {
  /** 1, 2, 3, … */
  readonly seq: number
  readonly previous: string
  readonly hash: string
}

/** Where a chain stands: its last link, and the last of those that were dropped. */
export interface AuditHead {
  readonly seq: number
  readonly hash: string
  readonly floor: { readonly seq: number; readonly hash: string }
}
