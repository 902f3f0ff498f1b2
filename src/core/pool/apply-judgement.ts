import type { Decision } from '../model/decision.ts'
import type { Mode } from '../model/policy.ts'
import type { Approval } from '../model/state.ts'
import { refusalLeft } from '../operation/refused.ts'
import type { Judgement } from '../policy/decide.ts'
import {
  ask,
  deniedLately,
  openApproval,
  outgrown,
  rulesChanged,
  stillAnswers,
  WITHDRAW_AFTER_MS,
} from './approvals.ts'
import { carryOut } from '../../engine/carry-out.ts'
import { fit } from '../../engine/fit.ts'
import { decisionCard, saveDecisionChart } from '../../engine/reports/decision.ts'
import { expire, withdraw } from './outcome.ts'
import { recall } from '../../engine/loop/memory.ts'
import { roomOf } from './capacity.ts'
import type { Session } from '../../engine/session.ts'

/** Keeps a judgement, and does what the pool's mode says with it: act, ask, or only say. */
export async function act(session: Session, judged: Judgement): Promise<void> {
  forgetRefusal(session, judged)
  const judgement = fit(judged, session.state(), roomOf(session), session.now)
  // What was ordered once, and could not be had, was decided then.
  const again = judgement.kind === 'scaleOut' && session.state().upkeep.refused !== null
  const decided = again || settled(judgement)
  const mode = decided ? 'auto' : session.state().pool.policy.mode
  const decision = keep(session, judgement, mode)
  if (mode === 'auto') {
    withdrawOpen(session, decision, 'no longer asked for')
    carryOut(session, decision)
  } else if (mode === 'approve') {
    // The judgement was made before an expiry acted, so it is out of date then; the next tick makes another.
    if (!expire(session)) propose(session, decision)
    remind(session)
  } else {
    withdrawOpen(session, decision, 'no longer asked for')
    await say(session, decision)
  }
}

/** Nobody wants another droplet, so whether one can be had is nothing to tell of, and not known any more. */
function forgetRefusal(session: Session, { kind, wanted, from }: Judgement): void {
  const { upkeep, refresh, operations } = session.state()
  if (upkeep.refused === null || kind === 'scaleOut' || wanted > from || refresh?.stage === 'working') return
  if (operations.some((one) => one.kind === 'scaleOut')) return
  if (refusalLeft(upkeep.refused, session.now) <= 0) session.change({ upkeep: { ...upkeep, refused: null } })
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
  const since = askedSince(session, judgement, last)
  const decision: Decision = {
    ...judgement,
    id: same ? last.id : session.services.newId(),
    ...(since === null ? {} : { since }),
  }
  session.change({ decision })
  if (!same) session.keepDecision(decision)
  return decision
}

/** Since when the load has asked for more, or for fewer; null: it asks for neither. */
function askedSince(session: Session, judgement: Judgement, last: Decision | null): number | null {
  const wish = asksFor(judgement)
  if (wish === 0) return null
  if (last?.since !== undefined && asksFor(last) === wish) return last.since
  if (wish < 0) return judgement.at
  // It has been above what the members carry for as long as it shows in the last minute.
  const recent = recall(session).load?.recent ?? []
  const before = recent.findLastIndex(({ demand }) => demand <= judgement.from)
  return Math.min(judgement.at, recent[before + 1]?.at ?? judgement.at)
}

function asksFor({ wanted, from, rule }: Judgement): number {
  // Room that is kept on purpose is no wish for fewer.
  return wanted < from && rule === 'withinTolerance' ? 0 : Math.sign(wanted - from)
}

function propose(session: Session, decision: Decision): void {
  const state = session.state()
  const open = openApproval(state)
  if (decision.kind === 'hold') {
    // A lull may pass; a pause is a person's word.
    if (decision.rule === 'pause') withdrawOpen(session, decision, 'no longer asked for')
    else if (open !== null && outdated(session, open, decision)) withdrawOpen(session, decision, 'no longer needed')
    return
  }
  if (open !== null && rulesChanged(open, state)) {
    withdraw(session, open, 'who may answer was changed; you are asked again')
  } else if (open !== null) {
    if (!outdated(session, open, decision)) return
    withdraw(session, open, `replaced by a proposal for ${decision.to}`)
  }
  if (deniedLately(state, decision.kind, session.now) !== null) return
  const replaced = open?.decision.kind === decision.kind ? open : null
  const { newId } = session.services
  session.change({ approvals: { put: [ask(session.state(), decision, session.now, newId, replaced)] } })
}

/** Whether something else is wanted, and has been long enough to ask for that; more than was asked for is wanted at once. */
function outdated(session: Session, open: Approval, decision: Decision): boolean {
  const { doubtedAt, ...sure } = open
  if (stillAnswers(open, decision)) {
    if (doubtedAt !== undefined) session.change({ approvals: { put: [sure] } })
    return false
  }
  if (outgrown(open, decision)) return true
  if (doubtedAt === undefined) session.change({ approvals: { put: [{ ...open, doubtedAt: session.now }] } })
  return session.now - (doubtedAt ?? session.now) >= WITHDRAW_AFTER_MS
}

/** Takes an open question back: what it asked no longer holds. */
function withdrawOpen(session: Session, decision: Decision, note: string): void {
  const open = openApproval(session.state())
  if (open === null) return
  withdraw(session, open, decision.kind === 'hold' ? `${note}: ${decision.reason}` : note)
}

/** Once, when half of the time to answer is over. */
function remind(session: Session): void {
  const open = openApproval(session.state())
  if (open === null || open.remindedAt !== undefined) return
  const askedAt = open.askedAt ?? open.openedAt
  if (session.now - askedAt < (open.deadlineAt - askedAt) / 2) return
  session.change({ approvals: { put: [{ ...open, remindedAt: session.now }] } })
}

/** Mode observe: says once what it would do. */
async function say(session: Session, decision: Decision): Promise<void> {
  if (decision.kind === 'hold') return
  const before = session.state().memory
  const recent = before.lastSaidAt !== null && session.now - before.lastSaidAt < SAY_EVERY_MS
  if (recent && before.lastSaidTo === decision.to) return
  session.change({ memory: { ...before, lastSaidAt: session.now, lastSaidTo: decision.to } })
  const chart = await saveDecisionChart(session, decision)
  session.tellOnce(`observed:${decision.id}`, decisionCard(session.state(), decision, true, chart))
}

/** The same observation is not said again before this long. */
const SAY_EVERY_MS = 10 * 60_000
