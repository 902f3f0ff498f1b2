import type { Decision } from '../core/model/decision.ts'
import type { Mode } from '../core/model/policy.ts'
import { SPINUP } from '../core/model/pool.ts'
import type { Judgement } from '../core/policy/decide.ts'
import { ask, close, deniedLately, openApproval, stillAnswers, WITHDRAW_AFTER_MS } from './approvals.ts'
import { decisionCard, saveDecisionChart } from './narrate/decision.ts'
import { plan } from './plan.ts'
import type { Session } from './session.ts'

/** Keeps a judgement, and does what the pool's mode says with it: act, ask, or only say. */
export async function act(session: Session, judgement: Judgement): Promise<void> {
  const decided = settled(judgement)
  const mode = decided ? 'auto' : session.state().pool.policy.mode
  const decision = keep(session, judgement, mode)
  if (mode === 'auto') {
    withdraw(session, decision, 'no longer asked for')
    carryOut(session, decision)
  } else if (mode === 'approve') {
    // The judgement was made before an expiry acted, so it is out of date then; the next tick makes another.
    if (!expire(session, decision)) propose(session, decision)
  } else {
    withdraw(session, decision, 'no longer asked for')
    await say(session, decision)
  }
}

/** What a person pinned, and the limits, were decided by people already: nothing to ask. */
function settled({ rule, kind }: Judgement): boolean {
  if (rule === 'pin' || rule === 'min' || rule === 'calendar') return true
  return kind === 'scaleIn' && (rule === 'max' || rule === 'costPerHour' || rule === 'budget')
}

/** Same verdict as a moment ago: same decision, with fresh numbers. A new one gets an id and a place in the record. */
function keep(session: Session, judgement: Judgement, mode: Mode): Decision {
  const last = session.state().decision
  // In mode auto a change is carried out, so wanting it again is another decision; in the others it merely goes on.
  const same =
    last !== null &&
    (judgement.kind === 'hold' || (mode !== 'auto' && last.from === judgement.from)) &&
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
  // Nothing is created once too many failed, whoever approved it when.
  if (decision.kind === 'scaleOut' && session.state().memory.stoppedAt !== null) return false
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
    // A lull may pass; a pause is a person's word.
    if (decision.rule === 'pause') withdraw(session, decision, 'no longer asked for')
    else if (open !== null && session.now - open.openedAt > WITHDRAW_AFTER_MS)
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

/** Past its deadline a question is answered by the policy's default, though not while paused. Whether it was. */
function expire(session: Session, decision: Decision): boolean {
  const open = openApproval(session.state())
  if (open === null || open.deadlineAt > session.now || decision.rule === 'pause') return false
  const acts = open.onExpiry === 'act'
  const note = acts ? 'nobody answered in time; went ahead, as the policy says' : 'nobody answered in time; held'
  session.change({ approvals: { put: [close(open, { state: 'expired', by: SPINUP, note }, session.now)] } })
  if (acts) carryOut(session, fresh(session, open.decision))
  session.journal({ at: session.now, actor: SPINUP, what: open.decision.reason, outcome: note, tone: 'warn' })
  return true
}

/** An older decision as of now: from the present size, within the hard limits. */
export function fresh(session: Session, decision: Decision): Decision {
  const { pool, members } = session.state()
  const from = members.filter((member) => ['creating', 'booting', 'joining', 'inService'].includes(member.phase)).length
  const away = members.some((member) => member.role === 'origin' && member.phase === 'failed') ? 1 : 0
  const to = Math.min(Math.max(pool.policy.min, decision.to), pool.policy.max - away)
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
