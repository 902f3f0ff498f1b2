import { answer } from '../model/answer.ts'
import { SpinupError } from '../model/error.ts'
import type { Decision } from '../model/decision.ts'
import { counts, inForce } from '../model/member.ts'
import type { Actor } from '../model/pool.ts'
import type { View } from '../model/view.ts'
import { capital, plural } from '../model/words.ts'
import { carryOut } from '../../engine/carry-out.ts'
import { leaving } from './plan.ts'
import { roomOf } from '../pool/capacity.ts'
import type { Session } from '../../engine/session.ts'

/** To as many members as `aim` says of how many there are, at once, by a person's word; min and max still win. */
export function resize(session: Session, aim: (size: number) => number, actor: Actor): readonly View[] {
  const state = session.state()
  const { policy, name } = state.pool
  const from = state.members.filter((member) => counts(member)).length
  const wanted = aim(from)
  if (state.pin !== null && inForce(state.pin, session.now)) {
    throw new SpinupError(
      'conflict',
      `The pool is pinned at ${state.pin.count} by ${state.pin.owner.name}; nothing was changed. Unpin first: /spinup unpin.`,
    )
  }
  if (wanted > policy.max) {
    throw new SpinupError(
      'limited',
      `${plural(wanted, 'member')} is past the maximum of ${policy.max}; nothing was changed.${wanted > 1000 ? '' : ` Raise it first: /spinup policy max=${wanted}.`}`,
    )
  }
  if (wanted < policy.min) {
    throw new SpinupError(
      'limited',
      `${plural(Math.max(0, wanted), 'member')} is below the minimum of ${policy.min}; nothing was changed.${wanted < 1 ? '' : ` Lower it first: /spinup policy min=${wanted}.`}`,
    )
  }
  if (wanted > from && state.memory.stoppedAt !== null) {
    throw new SpinupError(
      'conflict',
      'Creating is stopped because clones failed in a row; nothing was changed. When you have seen why, try again: /spinup resume.',
    )
  }
  const room = roomOf(session)
  if (wanted - from > room.more) {
    throw new SpinupError(
      'limited',
      `${capital(room.limit)} allows ${from + room.more}; nothing was changed. See /spinup cost.`,
    )
  }
  if (wanted === from) return [answer('info', `${name} is at ${from} already`, 'Nothing was changed.')]
  const candidates = leaving(state, from - wanted, session.now).length
  if (wanted < from && candidates === 0) {
    throw new SpinupError(
      'conflict',
      'No member can leave: each is the origin, protected, or still on its way. Nothing was changed.',
    )
  }
  const to = wanted < from ? from - candidates : wanted
  const decision: Decision = {
    id: session.services.newId(),
    poolId: state.pool.id,
    at: session.now,
    kind: to > from ? 'scaleOut' : 'scaleIn',
    from,
    to,
    wanted,
    rule: 'manual',
    reason: `Asked for by ${actor.name}.`,
    formula: '',
    inputs: [],
  }
  session.change({ decision })
  session.keepDecision(decision)
  carryOut(session, decision, actor)
  return []
}
