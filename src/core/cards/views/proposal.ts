import { fleetPrice } from '../../model/billing.ts'
import type { Approval } from '../../model/state.ts'
import type { PoolState } from '../../pool/state.ts'
import type { Action, ProposalView } from '../../model/view.ts'
import { approverWords } from '../../pool/approvers.ts'

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
export function proposalActions({ id }: Approval): readonly Action[] {
  return [
    { action: `approve:${id}`, label: 'Approve', style: 'primary' },
    { action: `ask:deny:${id}`, label: 'Deny', style: 'danger' },
    { action: 'run:/spinup why', label: 'Why', style: 'plain' },
  ]
}
