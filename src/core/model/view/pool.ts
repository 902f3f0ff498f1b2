import type { Decision } from '../decision.ts'
import type { MemberPhase, MemberRole } from '../member.ts'
import type { Mode } from '../policy.ts'
import type { Actor, PoolPhase } from '../pool.ts'
import type { Action, ChartRef, Tone } from './parts.ts'

export interface MemberLine {
  readonly id: string
  readonly role: MemberRole
  readonly phase: MemberPhase
  readonly phaseAt: number
  readonly protected: boolean
  readonly silent: boolean
  /** What it shows that the others do not, in words; null: nothing. */
  readonly odd: string | null
  /** Present value of the policy's stat; null while unknown. */
  readonly load: number | null
  readonly rps: number | null
}

export interface OverrideLine {
  readonly what: 'pin' | 'pause' | 'protect'
  readonly text: string
  readonly owner: Actor
  readonly reason: string
  readonly expiresAt: number | null
}

/** The pool now. */
export interface StatusView {
  readonly kind: 'status'
  readonly pool: string
  /** Absent: it is ready. */
  readonly phase?: Exclude<PoolPhase, 'ready'>
  readonly mode: Mode
  readonly stat: string
  readonly target: number
  /** A load over its target by no more than this share is no reason to scale; absent: as policies come. */
  readonly tolerance?: number
  readonly value: number | null
  readonly desired: number
  /** As the calendar has them now. */
  readonly min: number
  readonly max: number
  readonly members: readonly MemberLine[]
  readonly overrides: readonly OverrideLine[]
  readonly lastDecision: Decision | null
  readonly dollarsPerHour: number
  readonly actions: readonly Action[]
}

/** The numbers of one stat over a range. */
export interface StatFigures {
  readonly stat: string
  readonly unit: 'fraction' | 'number'
  readonly now: number | null
  readonly mean: number | null
  readonly max: number | null
  readonly p95: number | null
  /** How long the means are that p95 is of, at most, ms; null: it is of single samples. */
  readonly p95OfMs: number | null
}

/** Numbers and a chart of one stat over a range. */
export interface StatsView extends StatFigures {
  readonly kind: 'stats'
  readonly pool: string
  /** Of that member alone; null: of the pool. */
  readonly member: string | null
  readonly fromAt: number
  readonly toAt: number
  /** The range in words, where it does not end now. */
  readonly range?: string
  /** Who posted it from the stats page; absent: it is an answer. */
  readonly by?: string
  /** Whose the highest sample was; null: there is one member, or it is not known. */
  readonly hottest: string | null
  /** A second stat of the same, drawn below. */
  readonly also: StatFigures | null
  readonly perMember: readonly { readonly id: string; readonly now: number | null; readonly mean: number | null }[]
  readonly available: readonly string[]
  readonly chart: ChartRef | null
}

/** A picture that a visualisation drew of a pool's data. */
export interface VisualView {
  readonly kind: 'visual'
  readonly pool: string
  /** The visualisation's. */
  readonly title: string
  /** Names of the statistics, tags and texts it is of; empty: of the pool as a whole. */
  readonly names: readonly string[]
  readonly fromAt: number
  readonly toAt: number
  /** Names of the other visualisations. */
  readonly others: readonly string[]
  readonly chart: ChartRef
  /** It comes by itself: when, in words, and what stops that; absent: somebody asked for it. */
  readonly schedule?: { readonly words: string; readonly actions: readonly Action[] }
}

/** Every pool of a team; US dollars. */
export interface PoolsView {
  readonly kind: 'pools'
  readonly at: number
  readonly pools: readonly {
    readonly name: string
    readonly phase: PoolPhase
    readonly mode: Mode
    /** `paused`, `pinned at 3`; null or absent: neither. */
    readonly override?: string | null
    readonly inService: number
    readonly desired: number
    readonly max: number
    readonly stat: string
    readonly target: number
    /** Present value of its stat; null while unknown. */
    readonly value: number | null
    readonly tone: Tone
    readonly dollarsPerHour: number
    readonly monthDollars: number
  }[]
  /** The calendar month (UTC) that is paid for, e.g. `2026-01`. */
  readonly month: string
  /** What pools that are gone by now cost in it; absent: nothing. */
  readonly goneDollars?: number
  /** What the team may spend in it over all pools; null: nothing is set. */
  readonly monthLimit: number | null
  readonly actions: readonly Action[]
}
