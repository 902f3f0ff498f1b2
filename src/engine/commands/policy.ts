import { SpinupError } from '../../core/model/error.ts'
import type { Mode } from '../../core/model/policy.ts'
import type { Actor } from '../../core/model/pool.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { PolicyView, View } from '../../core/model/view.ts'
import { checkWindow } from '../calendar.ts'
import { changePolicy, isDefault, POLICY_FIELDS } from '../../core/policy/fields.ts'
import { policyMark, whatIfLine } from '../policy-mark.ts'
import type { Session } from '../session.ts'
import { answer } from './answer.ts'

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
export function setPolicy(session: Session, changes: Changes, actor: Actor): readonly View[] {
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

/** Changes some settings if the policy is still the one of `mark`; else says so and changes nothing. */
export function applyPolicy(session: Session, changes: Changes, mark: string, actor: Actor): readonly View[] {
  const { policy, name } = session.state().pool
  const now = policyMark(policy)
  if (now === mark) return setPolicy(session, changes, actor)
  if (policyMark(changePolicy(policy, changes)) === now) {
    return [answer('info', `The policy of ${name} says that already`, 'Nothing was changed.')]
  }
  throw new SpinupError(
    'conflict',
    `The policy has changed since this was replayed, so nothing was applied. Replay it again: ${whatIfLine(changes)}`,
  )
}

const ABOUT: Readonly<Record<Mode, string>> = {
  auto: 'I act and tell.',
  approve: 'I ask first; a proposal nobody answers does what the policy says.',
  observe: 'I only say what I would do.',
}

/** Shows or sets the mode. */
export function setMode(session: Session, mode: Mode | null, actor: Actor): readonly View[] {
  const { pool } = session.state()
  const others = (['auto', 'approve', 'observe'] as const).filter((known) => known !== (mode ?? pool.policy.mode))
  const actions = others.map((other) => ({
    action: `run:/spinup mode ${other}`,
    label: `Switch to ${other}`,
    style: 'plain' as const,
  }))
  if (mode === null)
    return [answer('info', `${pool.name} is in mode ${pool.policy.mode}`, ABOUT[pool.policy.mode], actions)]
  if (mode === pool.policy.mode) return [answer('info', `${pool.name} is in mode ${mode} already`, ABOUT[mode])]
  setPolicy(session, { mode }, actor)
  return [answer('good', `${pool.name} is in mode ${mode}`, ABOUT[mode], actions)]
}
