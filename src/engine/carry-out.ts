import type { Decision } from '../core/model/decision.ts'
import { SPINUP } from '../core/model/pool.ts'
import type { Approval } from '../core/model/state.ts'
import { plan } from '../core/operation/plan.ts'
import type { Session } from './session.ts'

/** Saves the operations of a decision; the session queues them once they are committed. False: there was nothing to do. */
export function carryOut(
  session: Session,
  decision: Decision,
  actor = SPINUP,
  approval: Approval | null = null,
): boolean {
  // Nothing is created once too many failed, whoever approved it when.
  if (decision.kind === 'scaleOut' && session.state().memory.stoppedAt !== null) return false
  const made = plan(session.state(), decision, actor, session.now, session.services.newId, approval?.episodeId)
  if (made === null) return false
  session.change(made.change)
  session.services.log.info(
    { decision: decision.id, from: decision.from, to: decision.to, rule: decision.rule, reason: decision.reason },
    'scaling',
  )
  return true
}
