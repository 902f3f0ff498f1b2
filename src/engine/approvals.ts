import type { Decision } from '../core/model/decision.ts'
import type { Actor } from '../core/model/pool.ts'
import type { Approval, PoolState } from '../core/model/state.ts'

/** How long a decided approval stays, so that late clicks are told who decided. */
const KEPT_MS = 24 * 3600_000
/** A proposal that no longer holds for this long is withdrawn. */
export const WITHDRAW_AFTER_MS = 15_000

export function openApproval(state: PoolState): Approval | null {
  return state.approvals.find((approval) => approval.state === 'open') ?? null
}

/** A new question for the team. */
export function ask(state: PoolState, decision: Decision, now: number, newId: () => string): Approval {
  const { policy } = state.pool
  return {
    id: newId(),
    decision,
    state: 'open',
    openedAt: now,
    deadlineAt: now + policy.approvalMs,
    onExpiry: decision.kind === 'scaleOut' ? policy.onExpiryOut : policy.onExpiryIn,
    by: null,
    decidedAt: null,
    note: null,
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

/** Whether an open proposal still answers what is wanted now; a larger scale out replaces a smaller one. */
export function stillAnswers(approval: Approval, decision: Decision): boolean {
  return (
    decision.kind === approval.decision.kind &&
    decision.to === approval.decision.to &&
    decision.from === approval.decision.from
  )
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

/** Decided ones old enough to be forgotten. */
export function forgotten(state: PoolState, now: number): readonly string[] {
  return state.approvals
    .filter((approval) => approval.state !== 'open' && now - (approval.decidedAt ?? now) > KEPT_MS)
    .map((approval) => approval.id)
}
