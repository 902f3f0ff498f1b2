import { createHash } from 'node:crypto'
import type { Policy } from '../../core/model/policy.ts'

type Changes = Readonly<Record<string, string>>

/** Tells two policies apart. */
export function policyMark(policy: Policy): string {
  return createHash('sha256').update(inOrder(policy)).digest('hex').slice(0, 12)
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

/** JSON whose keys are in order: a policy read back may have them in another. */
function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOrder).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${inOrder(one)}`).join(',')}}`
}
