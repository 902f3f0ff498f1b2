import { createHash } from 'node:crypto'
import type { Policy } from '../../core/model/policy.ts'

/** Tells two policies apart. */
export function policyMark(policy: Policy): string {
  return createHash('sha256').update(inOrder(policy)).digest('hex').slice(0, 12)
}

/** JSON whose keys are in order: a policy read back may have them in another. */
function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOrder).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${inOrder(one)}`).join(',')}}`
}
