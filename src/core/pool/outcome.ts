import { SPINUP, type Actor } from '../model/pool.ts'
import type { Approval } from '../model/state.ts'
import { asOfNow, close, nameOf, openApproval, overtaken } from './approvals.ts'
import { carryOut } from '../../engine/carry-out.ts'
import { roomOf } from './capacity.ts'
import type { Session } from '../../engine/session.ts'

/** Takes an open question back: what it asked no longer holds, which `note` says. */
export function withdraw(session: Session, open: Approval, note: string): Approval {
  const closed = close(open, { state: 'superseded', by: SPINUP, note }, session.now)
  session.change({ approvals: { put: [closed] } })
  // Whoever said yes finds out why nothing came of it.
  if ((open.votes ?? []).length > 0) {
    const outcome = `overtaken: ${note}`
    session.journal({ at: session.now, actor: SPINUP, what: nameOf(open), outcome, tone: 'info', about: open.id })
  }
  return closed
}

/** Does what an open question asked, if it still holds; else takes it back. Gives it as it is now. */
export function goAhead(
  session: Session,
  open: Approval,
  outcome: { readonly state: 'approved' | 'expired'; readonly by: Actor; readonly note: string | null },
): Approval {
  const why = overtaken(session.state(), open, roomOf(session), session.now)
  if (why !== null) return withdraw(session, open, why)
  if (!carryOut(session, asOfNow(session.state(), open.decision, roomOf(session), session.now), outcome.by, open)) {
    const note = open.decision.kind === 'scaleIn' ? 'no member can leave' : 'creating is stopped, because clones failed'
    return withdraw(session, open, note)
  }
  const closed = close(open, outcome, session.now)
  session.change({ approvals: { put: [closed] } })
  return closed
}

/** Past its deadline an open question is answered by the policy's default. Whether it was. */
export function expire(session: Session): boolean {
  const open = openApproval(session.state())
  if (open === null || open.deadlineAt > session.now) return false
  if (open.onExpiry === 'act') {
    const note = 'nobody answered in time; went ahead, as the policy says'
    const { state } = goAhead(session, open, { state: 'expired', by: SPINUP, note: enough(open, note) })
    if (state === 'expired') record(session, open, note)
    return true
  }
  const note = 'nobody answered in time; held'
  const outcome = { state: 'expired', by: SPINUP, note: enough(open, note) } as const
  session.change({ approvals: { put: [close(open, outcome, session.now)] } })
  record(session, open, note)
  return true
}

/** Somebody did answer, only not enough. */
function enough({ votes = [], quorum = 1 }: Approval, note: string): string {
  return votes.length === 0 ? note : note.replace('nobody answered', `only ${votes.length} of ${quorum} said yes`)
}

function record(session: Session, open: Approval, outcome: string): void {
  session.journal({ at: session.now, actor: SPINUP, what: open.decision.reason, outcome, tone: 'warn', about: open.id })
}
