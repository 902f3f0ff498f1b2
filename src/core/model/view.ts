import type { Decision } from './decision.ts'
import type { MemberPhase, MemberRole } from './member.ts'
import type { Mode } from './policy.ts'
import type { Actor } from './pool.ts'

/**
 * A button. `action` is opaque to platforms: `approve:ID` / `deny:ID` press a proposal, `apply:MARK:NAME=VALUE …`
 * changes the policy if it is still the one of that mark, `run:/spinup …` types a command for the person who pressed,
 * `doctor:press:ID` is the button that a check-up waits for.
 * One that begins with `ask:` needs a form first, which the handlers give (`ask:deny:ID`, `ask:policy`, `ask:connect`).
 */
export interface Action {
  readonly action: string
  readonly label: string
  readonly style: 'primary' | 'danger' | 'plain'
}

export type Tone = 'info' | 'good' | 'warn' | 'bad'

/** One labelled value; `value` is already words. */
export interface Field {
  readonly name: string
  readonly value: string
}

/** A chart by reference: bytes are fetched by id in the wanted theme. `alt` holds the numbers in words. */
export interface ChartRef {
  readonly id: string
  readonly title: string
  readonly alt: string
}

export interface MemberLine {
  readonly id: string
  readonly role: MemberRole
  readonly phase: MemberPhase
  readonly phaseAt: number
  readonly protected: boolean
  readonly silent: boolean
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

/** A plain answer or acknowledgement. */
export interface AnswerView {
  readonly kind: 'answer'
  readonly tone: Tone
  readonly title: string
  readonly text: string
  readonly fields: readonly Field[]
  readonly actions: readonly Action[]
  /** For the person who asked alone: a one-time link, say. */
  readonly private?: true
}

export interface HelpView {
  readonly kind: 'help'
  readonly commands: readonly {
    readonly name: string
    readonly usage: string
    readonly summary: string
    readonly example: string
  }[]
}

/** The pool now. */
export interface StatusView {
  readonly kind: 'status'
  readonly pool: string
  readonly mode: Mode
  readonly stat: string
  readonly target: number
  readonly value: number | null
  readonly desired: number
  readonly min: number
  readonly max: number
  readonly members: readonly MemberLine[]
  readonly overrides: readonly OverrideLine[]
  readonly lastDecision: Decision | null
  readonly dollarsPerHour: number
  readonly actions: readonly Action[]
}

/** Numbers and a chart of one stat over a range. */
export interface StatsView {
  readonly kind: 'stats'
  readonly pool: string
  readonly stat: string
  readonly fromAt: number
  readonly toAt: number
  readonly now: number | null
  readonly mean: number | null
  readonly max: number | null
  readonly p95: number | null
  readonly unit: 'fraction' | 'number'
  readonly perMember: readonly { readonly id: string; readonly now: number | null; readonly mean: number | null }[]
  readonly available: readonly string[]
  readonly chart: ChartRef | null
}

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
  /** Scale events of a flapping pool that this card told before, oldest first. */
  readonly earlier: readonly {
    readonly at: number
    readonly from: number
    readonly to: number
    readonly reason: string
  }[]
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
  /** In mode `observe`: nothing was done. */
  readonly observedOnly: boolean
  readonly chart: ChartRef | null
}

export interface PolicyView {
  readonly kind: 'policy'
  readonly pool: string
  readonly fields: readonly {
    readonly name: string
    readonly value: string
    readonly isDefault: boolean
    readonly meaning: string
  }[]
  readonly changed: readonly string[]
  readonly actions: readonly Action[]
}

/** How a stretch of time went, or would have gone. */
export interface WhatIfOutcome {
  readonly overloadedMs: number
  readonly dropletHours: number
  readonly dollars: number
  /** In service at once. */
  readonly peak: number
  /** Changes of size; null where they were not counted. */
  readonly changes: number | null
}

/** The pool's own history, replayed with another policy. */
export interface WhatIfView {
  readonly kind: 'whatif'
  readonly pool: string
  /** Settings in words, as they are and as they would be. */
  readonly changes: readonly { readonly name: string; readonly from: string; readonly to: string }[]
  readonly fromAt: number
  readonly toAt: number
  /** What the change would have meant, in one sentence. */
  readonly summary: string
  /** As it was recorded. */
  readonly recorded: WhatIfOutcome
  /** Replayed with the policy as it is, and as it would be. */
  readonly present: WhatIfOutcome
  readonly changed: WhatIfOutcome
  /** What limits the comparison. */
  readonly notes: readonly string[]
  readonly chart: ChartRef | null
  readonly actions: readonly Action[]
}

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
  }[]
}

/** One step of a longer piece of work. */
export interface StepLine {
  readonly label: string
  readonly state: 'todo' | 'doing' | 'done' | 'failed'
  readonly detail: string | null
  /** 0 to 1 while a long step runs. */
  readonly progress: number | null
}

/** The onboarding; one card that walks its steps. */
export interface ConnectView {
  readonly kind: 'connect'
  readonly title: string
  readonly steps: readonly StepLine[]
  readonly prompt: string | null
  readonly choices: readonly { readonly label: string; readonly detail: string; readonly action: string }[]
  /** A shell line to run on the droplet. */
  readonly line: string | null
  readonly actions: readonly Action[]
}

/** A new snapshot and the clones made anew from it; one card that walks its steps. */
export interface RefreshView {
  readonly kind: 'refresh'
  readonly pool: string
  readonly stage: 'working' | 'done' | 'failed' | 'stopped'
  readonly live: boolean
  readonly stopping: boolean
  readonly startedAt: number
  readonly endedAt: number | null
  readonly actor: Actor
  readonly steps: readonly StepLine[]
  /** What it waits for, why it failed, or the risk that was taken. */
  readonly note: string | null
  readonly actions: readonly Action[]
}

/** What the pool costs; US dollars. */
export interface CostView {
  readonly kind: 'cost'
  readonly pool: string
  readonly at: number
  /** Droplets billed now, and what one costs an hour. */
  readonly droplets: number
  readonly dollarsPerDroplet: number
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
  /** How it was reckoned. */
  readonly notes: readonly string[]
  readonly actions: readonly Action[]
}

/** Something a person should know, without a decision: silent agents, a balancer out of reach, an override lapsing. */
export interface AlertView {
  readonly kind: 'alert'
  readonly tone: Tone
  readonly title: string
  readonly text: string
  readonly fix: string | null
  /** The evidence, one line each. */
  readonly facts: readonly Field[]
  readonly actions: readonly Action[]
  readonly state: 'active' | 'resolved'
  readonly since: number
  readonly resolvedAt: number | null
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

/** One check of `/spinup doctor`. */
export interface CheckLine {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'failed' | 'waiting' | 'skipped'
  /** What was seen. */
  readonly detail: string
  /** What to do about it; null where nothing is wrong. */
  readonly fix: string | null
}

export interface DoctorView {
  readonly kind: 'doctor'
  readonly at: number
  readonly checks: readonly CheckLine[]
  readonly actions: readonly Action[]
}

/** What was typed could not be taken; nothing changed. */
export interface ErrorView {
  readonly kind: 'error'
  readonly code: string
  readonly message: string
  /** The nearest right word or line, if any. */
  readonly suggestion: string | null
  readonly example: string | null
}

/** What the chat shows: typed data, never platform markup. */
export type View =
  | AnswerView
  | HelpView
  | StatusView
  | StatsView
  | EpisodeView
  | ProposalView
  | DecisionView
  | PolicyView
  | WhatIfView
  | HistoryView
  | ConnectView
  | RefreshView
  | CostView
  | AlertView
  | DigestView
  | SummaryView
  | DoctorView
  | ErrorView

export type ViewKind = View['kind']

/** A view with an identity: showing the same `id` again with a higher `revision` edits the card in place. */
export interface Card {
  readonly id: string
  readonly revision: number
  readonly at: number
  readonly view: View
}
