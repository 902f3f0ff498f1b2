import type { Decision } from '../core/model/decision.ts'
import { SPINUP } from '../core/model/pool.ts'
import type { Judgement } from '../core/policy/decide.ts'
import { ask, close, deniedLately, openApproval, stillAnswers, WITHDRAW_AFTER_MS } from './approvals.ts'
import { decisionCard, saveDecisionChart } from './narrate/decision.ts'
import { plan } from './plan.ts'
import type { Session } from './session.ts'

/** Keeps a judgement, and does what the pool's mode says with it: act, ask, or only say. */
export async function act(session: Session, judgement: Judgement): Promise<void> {
  const decision = keep(session, judgement)
  expire(session)
  // What a person pinned, and the hard limits, were decided by people already: nothing to ask.
  const decided = decision.rule === 'pin' || decision.rule === 'min'
  const mode = decided ? 'auto' : session.state().pool.policy.mode
  if (mode === 'auto') {
    withdraw(session, decision, 'no longer asked for')
    carryOut(session, decision)
  } else if (mode === 'approve') {
    propose(session, decision)
  } else {
    withdraw(session, decision, 'no longer asked for')
    await say(session, decision)
  }
}

/** Same verdict as a moment ago: same decision, with fresh numbers. A new one gets an id and a place in the record. */
function keep(session: Session, judgement: Judgement): Decision {
  const last = session.state().decision
  const same =
    last !== null &&
    judgement.kind === 'hold' &&
    last.kind === judgement.kind &&
    last.rule === judgement.rule &&
    last.to === judgement.to
  const decision: Decision = { ...judgement, id: same ? last.id : session.services.newId() }
  session.change({ decision })
  if (!same) session.keepDecision(decision)
  return decision
}

/** Saves the operations of a decision; the session queues them once they are committed. */
export function carryOut(session: Session, decision: Decision, actor = SPINUP): boolean {
  const made = plan(session.state(), decision, actor, session.now, session.services.newId)
  if (made === null) return false
  session.change(made.change)
  session.services.log.info(
    { decision: decision.id, from: decision.from, to: decision.to, rule: decision.rule, reason: decision.reason },
    'scaling',
  )
  return true
}

function propose(session: Session, decision: Decision): void {
  const state = session.state()
  const open = openApproval(state)
  if (decision.kind === 'hold') {
    if (open !== null && session.now - open.openedAt > WITHDRAW_AFTER_MS)
      withdraw(session, decision, 'no longer needed')
    return
  }
  if (open !== null) {
    const grew = decision.kind === open.decision.kind && decision.kind === 'scaleOut' && decision.to > open.decision.to
    if (stillAnswers(open, decision) || (!grew && session.now - open.openedAt < WITHDRAW_AFTER_MS)) return
    withdraw(session, decision, `replaced by a proposal for ${decision.to}`)
  }
  if (deniedLately(state, decision.kind, session.now) !== null) return
  session.change({ approvals: { put: [ask(session.state(), decision, session.now, session.services.newId)] } })
}

/** Takes an open question back: what it asked no longer holds. */
function withdraw(session: Session, decision: Decision, note: string): void {
  const open = openApproval(session.state())
  if (open === null) return
  const words = decision.kind === 'hold' ? `${note}: ${decision.reason}` : note
  session.change({
    approvals: { put: [close(open, { state: 'superseded', by: SPINUP, note: words }, session.now)] },
  })
}

/** Past its deadline a question is answered by the policy's default. */
function expire(session: Session): void {
  const open = openApproval(session.state())
  if (open === null || open.deadlineAt > session.now) return
  const acts = open.onExpiry === 'act'
  const note = acts ? 'nobody answered in time; went ahead, as the policy says' : 'nobody answered in time; held'
  session.change({ approvals: { put: [close(open, { state: 'expired', by: SPINUP, note }, session.now)] } })
  if (acts) carryOut(session, fresh(session, open.decision))
  session.journal({ at: session.now, actor: SPINUP, what: open.decision.reason, outcome: note, tone: 'warn' })
}

/** An older decision as of now: from the present size, within the hard limits. */
export function fresh(session: Session, decision: Decision): Decision {
  const { pool, members } = session.state()
  const from = members.filter((member) => ['creating', 'booting', 'joining', 'inService'].includes(member.phase)).length
  const to = Math.max(pool.policy.min, Math.min(decision.to, pool.policy.max))
  const kind = to > from ? 'scaleOut' : to < from ? 'scaleIn' : 'hold'
  // The team was asked for one direction; if the pool has passed the size meanwhile there is nothing left to do.
  return kind === decision.kind
    ? { ...decision, from, to, at: session.now }
    : { ...decision, kind: 'hold', from, to: from }
}

/** Mode observe: says once what it would do. */
async function say(session: Session, decision: Decision): Promise<void> {
  if (decision.kind === 'hold') return
  const before = session.state().memory
  const recent = before.lastSaidAt !== null && session.now - before.lastSaidAt < SAY_EVERY_MS
  if (recent && before.lastSaidTo === decision.to) return
  session.change({ memory: { ...before, lastSaidAt: session.now, lastSaidTo: decision.to } })
  const chart = await saveDecisionChart(session, decision)
  session.tell(`observed:${decision.id}`, decisionCard(session.state(), decision, true, chart))
}

/** The same observation is not said again before this long. */
const SAY_EVERY_MS = 10 * 60_000
