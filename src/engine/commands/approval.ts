import { SpinupError } from '../../core/model/error.ts'
import type { Actor } from '../../core/model/pool.ts'
import type { Approval } from '../../core/model/state.ts'
import type { View } from '../../core/model/view.ts'
import { duration } from '../../core/model/words.ts'
import { carryOut, fresh } from '../act.ts'
import { close, openApproval } from '../approvals.ts'
import { proposalView } from '../narrate/proposal.ts'
import type { Session } from '../session.ts'
import { answer } from './answer.ts'

/** Answers a proposal. The first valid answer wins (all run under the pool's lock); later ones are told who was first. */
export function decideProposal(
  session: Session,
  id: string | null,
  verdict: 'approved' | 'denied',
  reason: string,
  actor: Actor,
): readonly View[] {
  const state = session.state()
  const approval = id === null ? openApproval(state) : (state.approvals.find((known) => known.id === id) ?? null)
  if (approval === null) {
    if (id === null) return [answer('info', 'Nothing waits for an answer', 'There is no open proposal.')]
    throw new SpinupError('notFound', 'That proposal is no longer known; nothing was changed. See /spinup history.')
  }
  if (approval.state !== 'open') return [late(approval, session.now)]
  if (verdict === 'approved' && approval.decision.kind === 'scaleOut' && state.memory.stoppedAt !== null) {
    throw new SpinupError(
      'conflict',
      'Creating is stopped because clones failed in a row; nothing was changed. When you have seen why, try again: /spinup resume.',
    )
  }
  const note = reason === '' ? null : reason
  session.change({ approvals: { put: [close(approval, { state: verdict, by: actor, note }, session.now)] } })
  const what = `${approval.decision.from} → ${approval.decision.to}: ${approval.decision.reason}`
  session.journal({
    at: session.now,
    actor,
    what,
    outcome: `${verdict}${note === null ? '' : `: ${note}`}`,
    tone: 'info',
  })
  const decision = fresh(session, approval.decision)
  const acted = verdict === 'approved' && carryOut(session, decision, actor)
  const after = session.state().approvals.find((known) => known.id === approval.id) ?? approval
  session.tell(`proposal:${approval.id}`, proposalView(session.state(), after))
  if (verdict === 'denied' || acted) return []
  return [answer('info', 'Approved, but there is nothing left to do', `The pool is at ${decision.from} already.`)]
}

function late(approval: Approval, now: number): View {
  const ago = duration(Math.max(0, now - (approval.decidedAt ?? now)))
  return answer(
    'info',
    `Already ${approval.state}`,
    `${approval.by?.name ?? 'Spinup'} was first, ${ago} ago${approval.note === null ? '' : ` (${approval.note})`}.`,
  )
}
