import { policyView } from '../../core/cards/views/policy.ts'
import type { PolicyView } from '../../core/model/view.ts'
import { changePolicy, POLICY_FIELDS } from '../../core/policy/fields.ts'
import type { Actor } from '../../core/model/pool.ts'
import { checkWindow } from './calendar.ts'
import type { Session } from '../session.ts'

type Changes = Readonly<Record<string, string>>

/** Changes some settings, all or none. */
export function setPolicy(session: Session, changes: Changes, actor: Actor): readonly PolicyView[] {
  const before = session.state()
  const policy = changePolicy(before.pool.policy, changes, session.services.platforms)
  policy.calendar.forEach(checkWindow)
  session.change({ pool: { ...before.pool, policy } })
  const after = session.state()
  const changed = POLICY_FIELDS.filter((field) => field.read(before.pool.policy) !== field.read(policy)).map(
    (field) => `${field.name}: ${field.read(before.pool.policy)} → ${field.read(policy)}`,
  )
  if (changed.length > 0) {
    session.journal({ at: session.now, actor, what: `Policy: ${changed.join(', ')}`, outcome: 'set', tone: 'info' })
  }
  return [policyView(after, changed)]
}
