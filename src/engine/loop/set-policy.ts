import type { PolicyView } from '../../core/model/view.ts'
import { changePolicy, isDefault, POLICY_FIELDS } from '../../core/policy/fields.ts'
import type { Actor } from '../../core/model/pool.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { checkWindow } from './calendar.ts'
import type { Session } from '../session.ts'

type Changes = Readonly<Record<string, string>>

/** The policy as a card. */
export function policyView(state: PoolState, changed: readonly string[]): PolicyView {
  const { policy, name } = state.pool
  return {
    kind: 'policy',
    pool: name,
    fields: POLICY_FIELDS.map((field) => ({
      name: field.name,
      value: field.read(policy),
      isDefault: isDefault(field, policy),
      meaning: field.meaning,
    })),
    changed,
    actions: [{ action: 'ask:policy', label: 'Change…', style: 'plain' }],
  }
}

/** Changes some settings, all or none. */
export function setPolicy(session: Session, changes: Changes, actor: Actor): readonly PolicyView[] {
  const before = session.state()
  const policy = changePolicy(before.pool.policy, changes)
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
