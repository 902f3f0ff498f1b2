import { answer } from '../model/answer.ts'
import { SpinupError } from '../model/error.ts'
import type { Decision } from '../model/decision.ts'
import { counts, inForce } from '../model/member.ts'
import { SPINUP, type Actor } from '../model/pool.ts'
import type { Approval } from '../model/state.ts'
import type { View } from '../model/view.ts'
import { capital, plural } from '../model/words.ts'
import { leaving, plan } from './plan.ts'
import { capacityOf, limitsOf } from '../pool/capacity.ts'
import type { Draft } from '../pool/draft.ts'

/** Puts the operations of a decision into the draft; they are queued once that is written. False: there was nothing to do. */
export function carryOut(
  draft: Draft,
  decision: Decision,
  actor: Actor = SPINUP,
  approval: Approval | null = null,
): boolean {
  // Nothing is created once too many failed, no matter who approved it when.
  if (decision.kind === 'scaleOut' && draft.state().memory.stoppedAt !== null) return false
  const made = plan(draft.state(), decision, actor, draft.now, draft.newId, approval?.episodeId)
  if (made === null) return false
  draft.change(made.change)
  return true
}

/** To as many members as `aim` says of how many there are, at once, by a person's word; min and max still win. */
export function resize(draft: Draft, aim: (size: number) => number, actor: Actor): readonly View[] {
  const state = draft.state()
  const { policy, name } = state.pool
  const { min, max } = limitsOf(policy, draft.windows())
  const from = state.members.filter((member) => counts(member)).length
  const wanted = aim(from)
  if (state.pin !== null && inForce(state.pin, draft.now)) {
    throw new SpinupError(
      'conflict',
      `The pool is pinned at ${state.pin.count} by ${state.pin.owner.name}; nothing was changed. Unpin first: /spinup unpin.`,
    )
  }
  if (wanted > max) {
    throw new SpinupError(
      'limited',
      `${plural(wanted, 'member')} is past the maximum of ${max}; nothing was changed.${wanted > 1000 ? '' : ` Raise it first: /spinup policy max=${wanted}.`}`,
    )
  }
  if (wanted < min) {
    throw new SpinupError(
      'limited',
      `${plural(Math.max(0, wanted), 'member')} is below the minimum of ${min}; nothing was changed.${wanted < 1 ? '' : ` Lower it first: /spinup policy min=${wanted}.`}`,
    )
  }
  if (wanted > from && state.memory.stoppedAt !== null) {
    throw new SpinupError(
      'conflict',
      'Creating is stopped because clones failed in a row; nothing was changed. When you have seen why, try again: /spinup resume.',
    )
  }
  const capacity = capacityOf(draft)
  if (wanted - from > capacity.more) {
    throw new SpinupError(
      'limited',
      `${capital(capacity.limit)} allows ${from + capacity.more}; nothing was changed. See /spinup cost.`,
    )
  }
  if (wanted === from) return [answer('info', `${name} is at ${from} already`, 'Nothing was changed.')]
  const candidates = leaving(state, from - wanted, draft.now).length
  if (wanted < from && candidates === 0) {
    throw new SpinupError(
      'conflict',
      'No member can leave: each is the origin, protected, still on its way, or the only one in service. Nothing was changed.',
    )
  }
  const to = wanted < from ? from - candidates : wanted
  const decision: Decision = {
    id: draft.newId(),
    poolId: state.pool.id,
    at: draft.now,
    kind: to > from ? 'scaleOut' : 'scaleIn',
    from,
    to,
    wanted,
    rule: 'manual',
    reason: `Requested by ${actor.name}.`,
    formula: '',
    inputs: [],
  }
  draft.change({ decision })
  draft.keepDecision(decision)
  carryOut(draft, decision, actor)
  return []
}
