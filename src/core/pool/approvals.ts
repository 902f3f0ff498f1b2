import type { Decision } from '../model/decision.ts'
import { counts, inForce } from '../model/member.ts'
import type { Actor } from '../model/pool.ts'
import type { Approval } from '../model/state.ts'
import type { PoolState } from './state.ts'
import { capital } from '../model/words.ts'
import { capacityOf, limitsOf } from './capacity.ts'
import type { Draft } from './draft.ts'

/** How long a decided approval stays, so that late clicks learn who decided. */
const KEPT_MS = 24 * 3600_000
/** However many there were: the pool is read whole again and again. */
const MOST_KEPT = 100
/** A proposal that has not been what is wanted for this long is withdrawn, or replaced by a smaller one. */
export const WITHDRAW_AFTER_MS = 15_000

export function openApproval(state: PoolState): Approval | null {
  return state.approvals.find((approval) => approval.state === 'open') ?? null
}

/**
 * A new question for the team; `replaced`: the one whose card it takes over, and its deadline: else a load that moves would
 * put it off forever.
 */
export function ask(
  state: PoolState,
  decision: Decision,
  now: number,
  newId: () => string,
  replaced: Approval | null = null,
): Approval {
  const { policy } = state.pool
  const whole = now + policy.approvalMs
  // Those who may answer now were not asked before.
  const going = replaced === null || rulesChanged(replaced, state) ? null : replaced
  return {
    id: newId(),
    decision,
    state: 'open',
    openedAt: now,
    deadlineAt: Math.min(whole, going?.deadlineAt ?? whole),
    onExpiry: decision.kind === 'scaleOut' ? policy.onExpiryOut : policy.onExpiryIn,
    by: null,
    decidedAt: null,
    note: replaced === null ? null : `Replaces the proposal for ${replaced.decision.to}.`,
    episodeId: replaced?.episodeId ?? newId(),
    votes: [],
    quorum: policy.quorum,
    approvers: policy.approvers,
    ...(going === null ? {} : { askedAt: going.askedAt ?? going.openedAt }),
    ...(going?.remindedAt === undefined ? {} : { remindedAt: going.remindedAt }),
  }
}

/** The same approval with its outcome. */
export function close(
  approval: Approval,
  outcome: { readonly state: Approval['state']; readonly by: Actor | null; readonly note: string | null },
  now: number,
): Approval {
  return { ...approval, ...outcome, decidedAt: now }
}

/** Whether more is wanted now than the team is asked for. */
export function outgrown({ decision: asked }: Approval, decision: Decision): boolean {
  return decision.kind === 'scaleOut' && asked.kind === 'scaleOut' && decision.to > asked.to
}

/** Whether an open proposal still answers what is wanted now. */
export function stillAnswers(approval: Approval, decision: Decision): boolean {
  return (
    decision.kind === approval.decision.kind &&
    decision.to === approval.decision.to &&
    decision.from === approval.decision.from
  )
}

/** Whether the policy says something else of who may answer, and how many, than when it was asked. */
export function rulesChanged({ quorum = 1, approvers = [] }: Approval, { pool }: PoolState): boolean {
  const { policy } = pool
  return quorum !== policy.quorum || approvers.toSorted().join() !== policy.approvers.toSorted().join()
}

/**
 * Why an open proposal must not be carried out any more, in words that go on from “Overtaken by events:”; null: it still
 * holds. `state.decision` is the newest judgement.
 */
export function overtaken(draft: Draft, approval: Approval): string | null {
  const { now } = draft
  const state = draft.state()
  const { pool, pin, pause, decision: latest } = state
  const { kind } = approval.decision
  if (pool.phase !== 'ready') return 'the pool is not watched right now'
  if (pause !== null && inForce(pause, now)) return `${pause.owner.name} paused the pool`
  if (pin !== null && inForce(pin, now)) return `${pin.owner.name} pinned the pool at ${pin.count}`
  if (rulesChanged(approval, state)) return 'who may answer was changed; you are asked again'
  if (latest !== null && latest.at >= approval.openedAt) {
    if (latest.kind !== 'hold' && latest.kind !== kind) return `the load has turned: ${latest.reason}`
    // A lull in a rise passes; a member that is needed after all must not go.
    if (kind === 'scaleIn' && latest.kind === 'hold') return `it is no longer asked for: ${latest.reason}`
  }
  const present = asOfNow(draft, approval.decision)
  if (present.kind !== 'hold') return null
  const capacity = capacityOf(draft)
  if (kind === 'scaleOut' && capacity.more === 0 && present.from < approval.decision.to) {
    return `${capacity.limit} allows no more`
  }
  return `the pool is at ${present.from} already`
}

/** An older decision as of now: from the present size, within the hard limits. */
export function asOfNow(draft: Draft, decision: Decision): Decision {
  const { members, pool } = draft.state()
  const { min, max } = limitsOf(pool.policy, draft.windows())
  const from = members.filter((member) => counts(member)).length
  const most = decision.kind === 'scaleOut' ? from + capacityOf(draft).more : max
  const to = Math.min(Math.max(min, decision.to), most)
  const kind = to > from ? 'scaleOut' : to < from ? 'scaleIn' : 'hold'
  // The team was asked for one direction; if the pool has passed the size meanwhile there is nothing left to do.
  return kind === decision.kind
    ? { ...decision, from, to, at: draft.now }
    : { ...decision, kind: 'hold', from, to: from }
}

/** After a no, or a silence that means no, the same direction is not proposed again until the approval time has passed once more. */
export function deniedLately(state: PoolState, kind: Decision['kind'], now: number): Approval | null {
  const wait = state.pool.policy.approvalMs
  return (
    state.approvals.find(
      (approval) =>
        (approval.state === 'denied' || (approval.state === 'expired' && approval.onExpiry === 'hold')) &&
        approval.decision.kind === kind &&
        now - (approval.decidedAt ?? 0) < wait,
    ) ?? null
  )
}

/** Decided ones old enough to be forgotten, or too many. */
export function forgotten(state: PoolState, now: number): readonly string[] {
  return state.approvals
    .filter((approval) => approval.state !== 'open')
    .toSorted((a, b) => (b.decidedAt ?? now) - (a.decidedAt ?? now))
    .filter(({ decidedAt }, index) => index >= MOST_KEPT || now - (decidedAt ?? now) > KEPT_MS)
    .map(({ id }) => id)
}

/** `Scale out 1 → 3`. */
export function nameOf({ decision }: Approval): string {
  return `${capital(decision.kind === 'scaleIn' ? 'scale in' : 'scale out')} ${decision.from} → ${decision.to}`
}
