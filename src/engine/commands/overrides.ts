import { SpinupError } from '../../core/model/error.ts'
import { inForce } from '../../core/model/member.ts'
import { didYouMean } from '../../core/model/nearest.ts'
import type { Actor } from '../../core/model/pool.ts'
import type { View } from '../../core/model/view.ts'
import { duration } from '../../core/model/words.ts'
import { forgetFailures } from '../../core/policy/decide.ts'
import type { Session } from '../session.ts'
import { answer } from './answer.ts'

/** Spares a member from scale in. */
export function protect(
  session: Session,
  memberId: string,
  forMs: number | null,
  reason: string,
  actor: Actor,
): readonly View[] {
  const member = memberOf(session, memberId)
  if (member.role === 'origin') {
    return [answer('info', `${memberId} is the origin`, 'It is never scaled in; nothing was changed.')]
  }
  const expiresAt = forMs === null ? null : session.now + forMs
  session.change({ protections: { [memberId]: { owner: actor, reason, at: session.now, expiresAt } } })
  const span = forMs === null ? 'until someone lifts it' : `for ${duration(forMs)}`
  log(session, actor, `Protected ${memberId} ${span}`, reason)
  return [
    answer('good', `${memberId} is protected ${span}`, 'Scale in takes others.', [
      { action: `run:/spinup protect ${memberId} off`, label: 'Lift', style: 'plain' },
    ]),
  ]
}

export function unprotect(session: Session, memberId: string, actor: Actor): readonly View[] {
  memberOf(session, memberId)
  if (!inForce(session.state().protections[memberId] ?? null, session.now)) {
    return [answer('info', `${memberId} is not protected`, 'Nothing was changed.')]
  }
  session.change({ protections: { [memberId]: null } })
  log(session, actor, `Lifted the protection of ${memberId}`, '')
  return [answer('good', `${memberId} is no longer protected`, 'Scale in may take it.')]
}

/** Stops deciding; commands by people still act. */
export function pause(session: Session, forMs: number | null, reason: string, actor: Actor): readonly View[] {
  const { pool } = session.state()
  const expiresAt = forMs === null ? null : session.now + forMs
  session.change({ pause: { owner: actor, reason, at: session.now, expiresAt } })
  const span = forMs === null ? 'until someone resumes' : `for ${duration(forMs)}`
  log(session, actor, `Paused ${pool.name} ${span}`, reason)
  return [
    answer('warn', `${pool.name} is paused ${span}`, 'Nothing is scaled by itself; what people type still acts.', [
      { action: 'run:/spinup resume', label: 'Resume', style: 'primary' },
    ]),
  ]
}

export function resume(session: Session, actor: Actor): readonly View[] {
  const { pause: held, pool, memory, upkeep } = session.state()
  const stopped = memory.stoppedAt !== null
  if (upkeep.refused !== null) session.change({ upkeep: { ...upkeep, refused: { ...upkeep.refused, tries: 0 } } })
  if (upkeep.refused !== null && !stopped && !inForce(held, session.now)) {
    log(session, actor, `Making a droplet for ${pool.name} is tried again`, '')
    return [answer('good', 'It is tried again now', 'The next one is ordered as soon as one is needed.')]
  }
  if (!stopped && !inForce(held, session.now))
    return [answer('info', `${pool.name} is not paused`, 'Nothing was changed.')]
  session.change({ pause: null })
  if (stopped) {
    session.change({ memory: forgetFailures(memory), upkeep: { ...session.state().upkeep, failures: [] } })
    log(session, actor, `Creating clones of ${pool.name} is tried again`, '')
    return [answer('good', `${pool.name} creates clones again`, 'The next one is made as soon as one is needed.')]
  }
  log(session, actor, `Resumed ${pool.name}`, '')
  return [answer('good', `${pool.name} is watched again`, 'The policy decides again.')]
}

function memberOf(session: Session, memberId: string): { readonly role: 'origin' | 'clone' } {
  const { members } = session.state()
  const member = members.find((candidate) => candidate.id === memberId)
  if (member === undefined) {
    const names = members.map((known) => known.id)
    const meant = didYouMean(memberId, names)
    throw new SpinupError(
      'notFound',
      `There is no member called ${memberId}; there are ${names.join(', ')}.${meant} Nothing was changed.`,
    )
  }
  return member
}

function log(session: Session, actor: Actor, what: string, outcome: string): void {
  session.journal({ at: session.now, actor, what, outcome, tone: 'info' })
}
