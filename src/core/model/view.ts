import type { AlertView, AnswerView, ConnectView, DoctorView, ErrorView, HelpView, RefreshView } from './view/parts.ts'
import type { PoolsView, StatsView, StatusView, VisualView } from './view/pool.ts'
import type { DecisionView, EpisodeView, ProposalView } from './view/scaling.ts'
import type { PolicyView, WhatIfView } from './view/policy.ts'
import type { CostView, DigestView, HistoryView, SummaryView } from './view/past.ts'

export type { Action, Tone, Field, ChartRef } from './view/parts.ts'
export type { AnswerView, HelpView, ErrorView } from './view/parts.ts'
export type {
  MemberLine,
  OverrideLine,
  PoolsView,
  StatFigures,
  StatusView,
  StatsView,
  VisualView,
} from './view/pool.ts'
export type { EpisodeView, ProposalState, ProposalView, DecisionView } from './view/scaling.ts'
export type { PolicyView, WhatIfOutcome, WhatIfView } from './view/policy.ts'
export type { HistoryView, CostView, DigestView, SummaryView } from './view/past.ts'
export type { StepLine, ConnectView, RefreshView } from './view/parts.ts'
export type { AlertView, CheckLine, DoctorView } from './view/parts.ts'

/** The pool that a view is about: its buttons carry the id; `named`: so does its headline, as the team has several. */
export interface PoolRef {
  readonly id: string
  readonly name: string
  readonly named: boolean
}

/** A page of its own on the console, `/e/ID`, or a view of statistics, `/stats?ID`; `url`: its address for other chats, null where the console has none. */
export interface PageRef {
  readonly id: string
  readonly url: string | null
  readonly of?: 'stats'
}

/** What the chat shows: typed data, never platform markup. */
export type View = AnyView & { readonly of?: PoolRef; readonly page?: PageRef }

type AnyView =
  | AnswerView
  | HelpView
  | StatusView
  | PoolsView
  | StatsView
  | VisualView
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
