import { fleetPrice } from '../../model/billing.ts'
import type { Approval } from '../../model/state.ts'
import { capital, duration } from '../../model/words.ts'
import type { PoolState } from '../../pool/state.ts'
import type { Action, AlertView, Field, ProposalState, ProposalView } from '../../model/view.ts'
import { nameOf } from '../../pool/approvals.ts'
import { anyOf, approverWords } from '../../pool/approvers.ts'

/** A question to the team, or how it was answered. */
export function proposalView(state: PoolState, approval: Approval): ProposalView {
  const { decision, votes = [], quorum = 1, approvers = [] } = approval
  return {
    kind: 'proposal',
    pool: state.pool.name,
    direction: decision.kind === 'scaleIn' ? 'in' : 'out',
    from: decision.from,
    to: decision.to,
    reason: decision.reason,
    state: approval.state,
    deadlineAt: approval.deadlineAt,
    onExpiry: approval.onExpiry,
    by: approval.by,
    votes: votes.map(({ actor }) => actor),
    quorum,
    approvers: approverWords(approvers),
    decidedAt: approval.decidedAt,
    note: approval.note,
    dollarsPerHourBefore: fleetPrice(state.pool, decision.from),
    dollarsPerHourAfter: fleetPrice(state.pool, decision.to),
    actions: approval.state === 'open' ? proposalActions(approval) : [],
  }
}

/** The buttons of an open question, on every card that asks it. */
function proposalActions({ id, decision: { id: decisionId, from, to } }: Approval): readonly Action[] {
  return [
    { action: `approve:${id}`, label: `Scale to ${to}`, style: 'primary' },
    { action: `ask:deny:${id}`, label: `Keep ${from}`, style: 'plain' },
    { action: `run:/spinup why ${decisionId}`, label: 'Why', style: 'plain' },
  ]
}

/** The card of the one reminder; a question that takes the place of another goes on with its. */
export function reminderCard({ id, episodeId, remindedAt }: Approval): string {
  return `reminder:${episodeId ?? id}:${remindedAt ?? 0}`
}

/** Half of the time to answer is over; once it is answered, that it was. */
export function reminderView({ pool }: PoolState, approval: Approval): AlertView {
  const { state, onExpiry, deadlineAt, openedAt, votes = [], quorum = 1, approvers = [] } = approval
  const since = approval.remindedAt ?? openedAt
  const open = state === 'open'
  const then = onExpiry === 'act' ? 'I go ahead' : 'nothing is done'
  const facts: Field[] = [{ name: 'Why', value: approval.decision.reason }]
  if (approvers.length > 0) facts.push({ name: 'Who may answer', value: anyOf(approverWords(approvers)) })
  if (quorum > 1) facts.push({ name: 'Yes so far', value: `${votes.length} of ${quorum}` })
  return {
    kind: 'alert',
    tone: open ? 'warn' : 'info',
    title:
      state === 'open'
        ? `${pool.name}: ${nameOf(approval)} still waits for an answer`
        : `${ENDED[state]}: ${nameOf(approval)}`,
    text: open
      ? `Half of the time is over. Unless it is answered within ${duration(deadlineAt - since)} of this reminder, ${then}.`
      : outcome(approval),
    fix: null,
    facts,
    actions: open ? proposalActions(approval) : [],
    state: open ? 'active' : 'resolved',
    since,
    resolvedAt: approval.decidedAt,
  }
}

const ENDED: Readonly<Record<Exclude<ProposalState, 'open'>, string>> = {
  approved: 'Answered',
  denied: 'Answered',
  expired: 'Expired',
  superseded: 'Overtaken by events',
}

function outcome({ state, by, note }: Approval): string {
  const who = state === 'approved' || state === 'denied' ? `${by?.name ?? 'Spinup'} ${state} it` : null
  return `${capital([who, note].filter((part) => part !== null).join(': '))}.`.replace(/\.\.$/, '.')
}
