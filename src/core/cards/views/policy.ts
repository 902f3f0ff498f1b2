import type { PolicyView } from '../../model/view.ts'
import { isDefault, POLICY_FIELDS } from '../../policy/fields.ts'
import type { PoolState } from '../../pool/state.ts'

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
    actions: [
      ...(changed.length === 0 ? [] : [{ action: 'run:/spinup policy', label: 'Show all', style: 'plain' } as const]),
      { action: 'ask:policy', label: 'Change…', style: 'plain' },
    ],
  }
}

/** The line that replays these changes. */
export function whatIfLine(changes: Changes): string {
  return `/spinup whatif ${pairs(changes)}`
}

/** Changes as they are typed. */
export function pairs(changes: Changes): string {
  return Object.entries(changes)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}
