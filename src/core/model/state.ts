import type { Decision, Rule } from './decision.ts'
import type { Actor } from './pool.ts'
import type { Action, Field, ProposalState, Tone } from './view.ts'

/** One scale event: the operations a decision or a command set off; shown on one card. */
export interface Episode {
  readonly id: string
  readonly direction: 'out' | 'in'
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly startedAt: number
  readonly endedAt: number | null
  readonly actor: Actor
  readonly operationIds: readonly string[]
  /** How the finished operations ended, by operation id. */
  readonly outcomes: Readonly<Record<string, EpisodeOutcome>>
  /** The decision behind it, and the rule that had the last word; absent: neither (an upkeep, an earlier version). */
  readonly decisionId?: string
  readonly rule?: Rule
  /** When what called for it was first seen, epoch ms; absent: a person asked for it. */
  readonly detectedAt?: number
  /** The episode whose card tells of this one too; absent: its own. */
  readonly cardId?: string
  /** The longest that visitors waited while its card showed it: p95 at the slowest member, ms; absent: not known. */
  readonly worstP95Ms?: number
  /** Who took it back, and when. */
  readonly undone?: { readonly by: Actor; readonly at: number }
}

export interface EpisodeOutcome {
  readonly memberId: string
  readonly ok: boolean
  readonly tookMs: number
  readonly reason: string | null
  /** Of a clone that was made as something other than usual, as `Operation` has it. */
  readonly instead?: string
}

/** A question to the team; lives here, not in the message, so every copy of its card shows the same outcome. */
export interface Approval {
  readonly id: string
  readonly decision: Decision
  readonly state: ProposalState
  readonly openedAt: number
  readonly deadlineAt: number
  readonly onExpiry: 'act' | 'hold'
  readonly by: Actor | null
  readonly decidedAt: number | null
  readonly note: string | null
  /** The episode it leads to, whose card asks; absent: asked by an earlier version, on a card of its own. */
  readonly episodeId?: string
  /** Yes-votes so far; absent: none. */
  readonly votes?: readonly Vote[]
  /** As the policy was when it was asked: so many have to say yes, out of these (empty: everyone). */
  readonly quorum?: number
  readonly approvers?: readonly string[]
  /** When the team was first asked, epoch ms, where this question took the place of another; absent: when it was opened. */
  readonly askedAt?: number
  /** When the channel was reminded of it, epoch ms. */
  readonly remindedAt?: number
  /** Since when the judgement asks for something else, epoch ms; absent: it asks for this. */
  readonly doubtedAt?: number
}

/** One yes; `voter` is who counts once, however often they press. */
export interface Vote {
  readonly voter: string
  readonly actor: Actor
  readonly at: number
}

/** What a token asked for, where a person has to say yes first: it waits, and nothing is done until then. Times are epoch ms. */
export interface Asked {
  readonly id: string
  readonly actor: Actor
  /** As a person would type it, without `/spinup`. */
  readonly line: string
  /** The request as its command has read it. */
  readonly request: unknown
  readonly state: 'open' | 'allowed' | 'refused' | 'expired'
  readonly askedAt: number
  readonly deadlineAt: number
  readonly by: Actor | null
  readonly decidedAt: number | null
}

/** A warning that is on, until its cause goes away. */
export interface Alarm {
  /** What it is about; one alarm per id at a time. */
  readonly id: string
  readonly tone: Tone
  readonly title: string
  readonly text: string
  readonly fix: string | null
  readonly since: number
  /** The evidence, and what can be done about it from the card. */
  readonly facts?: readonly Field[]
  readonly actions?: readonly Action[]
}

export type OnboardingStep = 'agent' | 'snapshot' | 'copying' | 'ready'

/** How far a droplet has come from the install line to its first sample. */
export interface Arrival {
  /** Of what the bot saw: nothing yet, the line was run, its agent enrolled. */
  readonly stage: 'nothing' | 'fetched' | 'enrolled'
  /** What went wrong there, in the droplet's own words; null: it said nothing. */
  readonly trouble: string | null
  /** It takes longer than it should, so that somebody has to look. */
  readonly late: boolean
}

/** Where `/spinup connect` has got to. */
export interface Onboarding {
  readonly id: string
  readonly step: OnboardingStep
  readonly channelActor: Actor
  readonly startedAt: number
  readonly dropletName: string | null
  readonly line: string | null
  /** While the agent is awaited; absent: nothing was seen of it. */
  readonly arrival?: Arrival
  readonly operationId: string | null
  readonly failure: string | null
  readonly doneAt: number | null
}

/** One line of `/spinup history`. */
export interface JournalEntry {
  readonly at: number
  readonly actor: Actor
  readonly what: string
  readonly outcome: string
  readonly tone: Tone
  /** The episode or approval whose end it tells. */
  readonly about?: string
}
