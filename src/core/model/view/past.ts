import type { Actor } from '../pool.ts'
import type { Action, Tone, ChartRef } from './parts.ts'

export interface HistoryView {
  readonly kind: 'history'
  readonly pool: string
  readonly entries: readonly {
    readonly at: number
    readonly actor: Actor
    readonly what: string
    readonly outcome: string
    readonly tone: Tone
    /** Where it was asked for, in words: `Slack`; absent: nowhere, Spinup did it by itself. */
    readonly where?: string
    /** Whose entry it is, where the history is of several pools. */
    readonly pool?: string
  }[]
  /** Requests that were refused and are left out; absent: none. */
  readonly refused?: number
}

/** What the pool costs; US dollars. */
export interface CostView {
  readonly kind: 'cost'
  readonly pool: string
  readonly at: number
  /** Droplets billed now, and what one costs an hour. */
  readonly droplets: number
  readonly dollarsPerDroplet: number
  /** What the origin costs an hour; absent: as any. */
  readonly dollarsForOrigin?: number
  readonly dollarsPerHour: number
  /** The calendar month (UTC), e.g. `2026-01`: its cost so far, and as it will be at its end. */
  readonly month: string
  readonly monthDollars: number
  readonly projectedDollars: number
  /** What a fleet always at the maximum costs in this month. */
  readonly fixed: { readonly droplets: number; readonly dollars: number }
  readonly caps: readonly {
    readonly per: 'hour' | 'month'
    readonly limit: number
    readonly used: number
    readonly projected: number | null
  }[]
  /** How it was estimated. */
  readonly notes: readonly string[]
  readonly actions: readonly Action[]
}

/** What happened while a channel had its quiet hours, or was snoozed. */
export interface DigestView {
  readonly kind: 'digest'
  readonly fromAt: number
  readonly toAt: number
  /** Oldest first. */
  readonly entries: readonly {
    readonly at: number
    readonly tone: Tone
    readonly title: string
    readonly text: string
  }[]
  readonly actions: readonly Action[]
}

/** A week of a pool, with its cost against a fleet of fixed size. */
export interface SummaryView {
  readonly kind: 'summary'
  readonly pool: string
  readonly fromAt: number
  readonly toAt: number
  readonly scaleOuts: number
  readonly scaleIns: number
  readonly failed: number
  /** In service at once, and when. */
  readonly peak: { readonly members: number; readonly at: number } | null
  readonly overloadedMs: number
  readonly dollars: number
  /** What a fleet always of the peak's size would have cost. */
  readonly fixed: { readonly droplets: number; readonly dollars: number }
  readonly notes: readonly string[]
  readonly chart: ChartRef | null
  readonly actions: readonly Action[]
}
