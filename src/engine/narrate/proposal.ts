import type { Approval, PoolState } from '../../core/model/state.ts'
import type { ProposalView } from '../../core/model/view.ts'

/** A question to the team, or how it was answered. */
export function proposalView(state: PoolState, approval: Approval): ProposalView {
  const { decision } = approval
  const price = state.pool.dollarsPerHour
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
    votes: [],
    quorum: 1,
    approvers: [],
    decidedAt: approval.decidedAt,
    note: approval.note,
    dollarsPerHourBefore: decision.from * price,
    dollarsPerHourAfter: decision.to * price,
    actions:
      approval.state === 'open'
        ? [
            { action: `approve:${approval.id}`, label: 'Approve', style: 'primary' },
            { action: `ask:deny:${approval.id}`, label: 'Deny', style: 'danger' },
            { action: 'run:/spinup why', label: 'Why', style: 'plain' },
          ]
        : [],
  }
}
