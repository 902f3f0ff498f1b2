import type { Approval } from '../../model/state.ts'
import type { PoolState } from '../../pool/state.ts'
import type { AlertView, Field, ProposalState } from '../../model/view.ts'
import { capital, duration } from '../../model/words.ts'
import { nameOf } from '../../pool/approvals.ts'
import { anyOf, approverWords } from '../../pool/approvers.ts'
import { proposalActions } from './proposal.ts'

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
