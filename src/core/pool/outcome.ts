import { SPINUP, type Actor } from '../model/pool.ts'
import type { Approval } from '../model/state.ts'
import { asOfNow, close, nameOf, openApproval, overtaken } from './approvals.ts'
import { carryOut } from '../operation/scale.ts'
import type { Draft } from './draft.ts'

/** Takes an open question back: what it asked no longer holds, which `note` says. */
export function withdraw(draft: Draft, open: Approval, note: string): Approval {
  const closed = close(open, { state: 'superseded', by: SPINUP, note }, draft.now)
  draft.change({ approvals: { put: [closed] } })
  // Those who said yes find out why nothing came of it.
  if ((open.votes ?? []).length > 0) {
    const outcome = `overtaken: ${note}`
    draft.journal({ at: draft.now, actor: SPINUP, what: nameOf(open), outcome, tone: 'info', about: open.id })
  }
  return closed
}

/** Does what an open question asked, if it still holds; else takes it back. Gives it as it is now. */
export function goAhead(
  draft: Draft,
  open: Approval,
  outcome: { readonly state: 'approved' | 'expired'; readonly by: Actor; readonly note: string | null },
): Approval {
  const why = overtaken(draft, open)
  if (why !== null) return withdraw(draft, open, why)
  if (!carryOut(draft, asOfNow(draft, open.decision), outcome.by, open)) {
    const note = open.decision.kind === 'scaleIn' ? 'no member can leave' : 'creating is stopped, because clones failed'
    return withdraw(draft, open, note)
  }
  const closed = close(open, outcome, draft.now)
  draft.change({ approvals: { put: [closed] } })
  return closed
}

/** Past its deadline an open question is answered by the policy's default. Whether it was. */
export function expire(draft: Draft): boolean {
  const open = openApproval(draft.state())
  if (open === null || open.deadlineAt > draft.now) return false
  if (open.onExpiry === 'act') {
    const note = 'nobody answered in time; went ahead, as the policy says'
    const { state } = goAhead(draft, open, { state: 'expired', by: SPINUP, note: enough(open, note) })
    if (state === 'expired') record(draft, open, note)
    return true
  }
  const note = 'nobody answered in time; held'
  const outcome = { state: 'expired', by: SPINUP, note: enough(open, note) } as const
  draft.change({ approvals: { put: [close(open, outcome, draft.now)] } })
  record(draft, open, note)
  return true
}

/** Somebody did answer, only not enough. */
function enough({ votes = [], quorum = 1 }: Approval, note: string): string {
  return votes.length === 0 ? note : note.replace('nobody answered', `only ${votes.length} of ${quorum} said yes`)
}

function record(draft: Draft, open: Approval, outcome: string): void {
  draft.journal({ at: draft.now, actor: SPINUP, what: open.decision.reason, outcome, tone: 'warn', about: open.id })
}
