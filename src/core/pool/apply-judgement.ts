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
import { carryOut } from '../operation/scale.ts'
import { expire, withdraw } from './outcome.ts'
import { capacityOf, withinCapacity } from './capacity.ts'
import type { Draft } from './draft.ts'

/**
 * Keeps a judgement, and does what the pool's mode says with it: act, ask, or only say. What is to be said that it would
 * do, in mode observe; null: nothing.
 */
export function applyJudgement(draft: Draft, judged: Judgement): Decision | null {
  forgetRefusal(draft, judged)
  const judgement = withinCapacity(judged, draft.state(), capacityOf(draft), draft.now)
  // What was ordered once, and could not be had, was decided then.
  const again = judgement.kind === 'scaleOut' && draft.state().upkeep.refused !== null
  const decided = again || settled(judgement)
  const mode = decided ? 'auto' : draft.state().pool.policy.mode
  const decision = keep(draft, judgement, mode)
  if (mode === 'auto') {
    withdrawOpen(draft, decision, 'no longer asked for')
    carryOut(draft, decision)
  } else if (mode === 'approve') {
    // The judgement was made before an expiry acted, so it is out of date then; the next tick makes another.
    if (!expire(draft)) propose(draft, decision)
    remind(draft)
  } else {
    withdrawOpen(draft, decision, 'no longer asked for')
    return isNews(draft, decision) ? decision : null
  }
  return null
}

/** Nobody wants another droplet, so whether one is available is no news, and not known any more. */
function forgetRefusal(draft: Draft, { kind, wanted, from }: Judgement): void {
  const { upkeep, refresh, operations } = draft.state()
  if (upkeep.refused === null || kind === 'scaleOut' || wanted > from || refresh?.stage === 'working') return
  if (operations.some((one) => one.kind === 'scaleOut')) return
  if (refusalLeft(upkeep.refused, draft.now) <= 0) draft.change({ upkeep: { ...upkeep, refused: null } })
}

/** What a person pinned, and the limits, were decided by people already: nothing to ask. */
function settled({ rule, kind }: Judgement): boolean {
  if (rule === 'pin' || rule === 'min' || rule === 'calendar') return true
  return kind === 'scaleIn' && (rule === 'max' || rule === 'costPerHour' || rule === 'budget')
}

/** Same verdict as a moment ago: same decision, with fresh numbers. A new one gets an id and a place in the record. */
function keep(draft: Draft, judgement: Judgement, mode: Mode): Decision {
  const last = draft.state().decision
  // In mode auto a change is carried out, so wanting it again is another decision; in the others it merely goes on.
  const same =
    last !== null &&
    (judgement.kind === 'hold' || (mode !== 'auto' && last.from === judgement.from)) &&
    last.kind === judgement.kind &&
    last.rule === judgement.rule &&
    last.to === judgement.to
  const since = askedSince(draft, judgement, last)
  const decision: Decision = {
    ...judgement,
    id: same ? last.id : draft.newId(),
    ...(since === null ? {} : { since }),
  }
  draft.change({ decision })
  if (!same) draft.keepDecision(decision)
  return decision
}

/** Since when the load has asked for more, or for fewer; null: it asks for neither. */
function askedSince(draft: Draft, judgement: Judgement, last: Decision | null): number | null {
  const wish = asksFor(judgement)
  if (wish === 0) return null
  if (last?.since !== undefined && asksFor(last) === wish) return last.since
  if (wish < 0) return judgement.at
  // It has been above what the members carry for as long as it shows in the last minute.
  const recent = draft.memory().load?.recent ?? []
  const before = recent.findLastIndex(({ demand }) => demand <= judgement.from)
  return Math.min(judgement.at, recent[before + 1]?.at ?? judgement.at)
}

function asksFor({ wanted, from, rule }: Judgement): number {
  // Capacity that is kept on purpose is no wish for fewer.
  return wanted < from && rule === 'withinTolerance' ? 0 : Math.sign(wanted - from)
}

function propose(draft: Draft, decision: Decision): void {
  const state = draft.state()
  const open = openApproval(state)
  if (decision.kind === 'hold') {
    // A lull may pass; a pause is a person's word.
    if (decision.rule === 'pause') withdrawOpen(draft, decision, 'no longer asked for')
    else if (open !== null && outdated(draft, open, decision)) withdrawOpen(draft, decision, 'no longer needed')
    return
  }
  if (open !== null && rulesChanged(open, state)) {
    withdraw(draft, open, 'who may answer was changed; you are asked again')
  } else if (open !== null) {
    if (!outdated(draft, open, decision)) return
    withdraw(draft, open, `replaced by a proposal for ${decision.to}`)
  }
  if (deniedLately(state, decision.kind, draft.now) !== null) return
  const replaced = open?.decision.kind === decision.kind ? open : null
  draft.change({ approvals: { put: [ask(draft.state(), decision, draft.now, draft.newId, replaced)] } })
}

/** Whether something else is wanted, and has been long enough to ask for that; more than was asked for is wanted at once. */
function outdated(draft: Draft, open: Approval, decision: Decision): boolean {
  const { doubtedAt, ...sure } = open
  if (stillAnswers(open, decision)) {
    if (doubtedAt !== undefined) draft.change({ approvals: { put: [sure] } })
    return false
  }
  if (outgrown(open, decision)) return true
  if (doubtedAt === undefined) draft.change({ approvals: { put: [{ ...open, doubtedAt: draft.now }] } })
  return draft.now - (doubtedAt ?? draft.now) >= WITHDRAW_AFTER_MS
}

/** Takes an open question back: what it asked no longer holds. */
function withdrawOpen(draft: Draft, decision: Decision, note: string): void {
  const open = openApproval(draft.state())
  if (open === null) return
  withdraw(draft, open, decision.kind === 'hold' ? `${note}: ${decision.reason}` : note)
}

/** Once, when half of the time to answer is over. */
function remind(draft: Draft): void {
  const open = openApproval(draft.state())
  if (open === null || open.remindedAt !== undefined) return
  const askedAt = open.askedAt ?? open.openedAt
  if (draft.now - askedAt < (open.deadlineAt - askedAt) / 2) return
  draft.change({ approvals: { put: [{ ...open, remindedAt: draft.now }] } })
}

/** Mode observe: whether what it would do is to be said now. */
function isNews(draft: Draft, decision: Decision): boolean {
  if (decision.kind === 'hold') return false
  const before = draft.state().memory
  const recent = before.lastSaidAt !== null && draft.now - before.lastSaidAt < SAY_EVERY_MS
  if (recent && before.lastSaidTo === decision.to) return false
  draft.change({ memory: { ...before, lastSaidAt: draft.now, lastSaidTo: decision.to } })
  return true
}

/** The same observation is not said again before this long. */
const SAY_EVERY_MS = 10 * 60_000
