import { answer } from '../model/answer.ts'
import { SpinupError } from '../model/error.ts'
import type { Asker } from '../model/platforms.ts'
import { SPINUP, type Actor } from '../model/pool.ts'
import type { Approval, Vote } from '../model/state.ts'
import type { PoolState } from './state.ts'
import type { AnswerView, View } from '../model/view.ts'
import { duration } from '../model/words.ts'
import { close, nameOf, openApproval, overtaken } from './approvals.ts'
import { anyOf, approverWords, doubt, mayAnswer, voterOf } from './approvers.ts'
import { expire, goAhead, withdraw } from './outcome.ts'
import type { Draft } from './draft.ts'

/** What somebody said to a proposal; `id` null: to the open one. */
export interface Verdict {
  readonly kind: 'approve' | 'deny'
  readonly id: string | null
  /** Of a no; empty: none was given. */
  readonly reason: string
}

/** So long ago a decision is still news to somebody who types `approve`. */
const NEWS_MS = 10 * 60_000

/**
 * What can be said without the pool's lock: to a click on what is decided already. Null: it has to be decided. Throws
 * `notFound` for a proposal that is not known.
 */
export function answeredAlready(state: PoolState, verdict: Verdict, now: number): readonly View[] | null {
  const approval = find(state, verdict)
  if (approval !== null) return approval.state === 'open' ? null : [late(approval, now)]
  const last = state.approvals.toSorted((a, b) => (b.decidedAt ?? 0) - (a.decidedAt ?? 0))[0]
  if (last?.decidedAt != null && now - last.decidedAt < NEWS_MS) return [late(last, now)]
  return [toThem('info', 'Nothing waits for an answer', 'There is no open proposal.')]
}

/**
 * Answers a proposal. The yes that makes the quorum, or the first no, decides; later ones learn
 * by whom it was, when and what.
 */
export function decideProposal(draft: Draft, verdict: Verdict, asker: Asker): readonly View[] {
  const { now } = draft
  // A click that comes before the tick that would have seen the deadline is too late all the same.
  expire(draft)
  const state = draft.state()
  const said = answeredAlready(state, verdict, now)
  if (said !== null) return said
  const open = find(state, verdict)!
  const approvers = open.approvers ?? []
  if (!mayAnswer(approvers, asker)) {
    const who = anyOf(approverWords(approvers))
    return [
      toThem(
        'warn',
        'You may not answer this one',
        `${nameOf(open)} is for ${who}. Nothing was changed.${doubt(asker)}`,
      ),
    ]
  }
  const why = overtaken(draft, open)
  if (why !== null) return [late(withdraw(draft, open, why), now)]
  return verdict.kind === 'deny' ? deny(draft, open, verdict.reason, asker.actor) : vote(draft, open, asker)
}

function vote(draft: Draft, open: Approval, asker: Asker): readonly View[] {
  const { now } = draft
  const { actor } = asker
  if (open.decision.kind === 'scaleOut' && draft.state().memory.stoppedAt !== null) {
    throw new SpinupError(
      'conflict',
      'Creating is stopped because clones failed in a row; nothing was changed. When you have seen why, try again: /spinup resume.',
    )
  }
  const { votes: before = [], quorum = 1 } = open
  const voter = voterOf(open, asker)
  const own = before.find((one) => one.voter === voter)
  const missing = (votes: readonly Vote[]): string => `${votes.length} of ${quorum} have said yes`
  if (own !== undefined) {
    const name = own.actor.id === actor.id ? 'You' : own.actor.name
    const text = `${name} said yes ${ago(own.at, now)}; ${missing(before)}. Somebody else has to.`
    return [toThem('info', voter === 'console' ? 'The console has one vote' : 'You have voted already', text)]
  }
  const votes = [...before, { voter, actor, at: now }]
  const counted: Approval = { ...open, votes }
  draft.change({ approvals: { put: [counted] } })
  if (votes.length < quorum) {
    draft.journal({ at: now, actor, what: nameOf(open), outcome: `yes, ${votes.length} of ${quorum}`, tone: 'info' })
    return [toThem('good', 'Your yes counts', `${missing(votes)} to: ${nameOf(open)}.`)]
  }
  const closed = goAhead(draft, counted, { state: 'approved', by: actor, note: null })
  if (closed.state !== 'approved') return [late(closed, now)]
  draft.journal({ at: now, actor, what: changeOf(open), outcome: 'approved', tone: 'info' })
  return []
}

function deny(draft: Draft, open: Approval, reason: string, actor: Actor): readonly View[] {
  const note = reason.trim() === '' ? null : reason
  draft.change({ approvals: { put: [close(open, { state: 'denied', by: actor, note }, draft.now)] } })
  const outcome = note === null ? 'denied' : `denied: ${note}`
  draft.journal({ at: draft.now, actor, what: changeOf(open), outcome, tone: 'info' })
  return []
}

function find(state: PoolState, { id }: Verdict): Approval | null {
  if (id === null) return openApproval(state)
  const approval = state.approvals.find((known) => known.id === id)
  if (approval !== undefined) return approval
  throw new SpinupError('notFound', 'That proposal is no longer known; nothing was changed. See /spinup history.')
}

/** What became of it: by whom, when, and what. */
function late(approval: Approval, now: number): View {
  const { state, by, note, decidedAt } = approval
  const when = ago(decidedAt ?? now, now)
  const who = by === null || by.id === SPINUP.id ? null : by.name
  const what = nameOf(approval)
  const why = note === null ? '' : ` (${note})`
  switch (state) {
    case 'superseded':
      return toThem('info', 'Already superseded', `${what} was overtaken by events ${when}${why}. Nothing was done.`)
    case 'expired':
      return toThem('info', 'Already expired', `${what}: ${note ?? 'nobody answered in time'}, ${when}.`)
    default:
      return toThem('info', `Already ${state}`, `${who ?? 'Spinup'} was first: ${what}, ${state} ${when}${why}.`)
  }
}

function ago(at: number, now: number): string {
  return now - at < 1000 ? 'just now' : `${duration(now - at)} ago`
}

function changeOf({ decision }: Approval): string {
  return `${decision.from} → ${decision.to}: ${decision.reason}`
}

/** For the one who pressed alone; the card tells the rest. */
function toThem(...parts: Parameters<typeof answer>): AnswerView {
  return { ...answer(...parts), private: true }
}
