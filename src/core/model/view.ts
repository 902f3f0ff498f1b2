import type { AnswerView, HelpView, ErrorView } from './view/answer.ts'
import type { PoolsView, StatusView, StatsView } from './view/pool.ts'
import type { EpisodeView, ProposalView, DecisionView } from './view/scaling.ts'
import type { PolicyView, WhatIfView } from './view/policy.ts'
import type { HistoryView, CostView, DigestView, SummaryView } from './view/past.ts'
import type { ConnectView, RefreshView } from './view/steps.ts'
import type { AlertView, DoctorView } from './view/health.ts'

export type { Action, Tone, Field, ChartRef } from './view/parts.ts'
export type { AnswerView, HelpView, ErrorView } from './view/answer.ts'
export type { MemberLine, OverrideLine, PoolsView, StatFigures, StatusView, StatsView } from './view/pool.ts'
export type { EpisodeView, ProposalState, ProposalView, DecisionView } from './view/scaling.ts'
export type { PolicyView, WhatIfOutcome, WhatIfView } from './view/policy.ts'
export type { HistoryView, CostView, DigestView, SummaryView } from './view/past.ts'
export type { StepLine, ConnectView, RefreshView } from './view/steps.ts'
export type { AlertView, CheckLine, DoctorView } from './view/health.ts'

/** The pool that a view is about: its buttons carry the id; `named`: so does its headline, as the team has several. */
export interface PoolRef {
  readonly id: string
  readonly name: string
  readonly named: boolean
}

/** What the chat shows: typed data, never platform markup. */
export type View = AnyView & { readonly of?: PoolRef }

type AnyView =
  | AnswerView
  | HelpView
  | StatusView
  | PoolsView
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
