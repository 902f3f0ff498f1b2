import { EMPTY_MEMORY, type Memory } from '../model/decision.ts'
import { DEFAULT_POLICY, type Policy } from '../model/policy.ts'
import { EMPTY_OUTLOOK } from './load/outlook.ts'
import { EMPTY_LOAD } from './notice.ts'

/** A policy as an earlier version stored it, with the defaults of every field it did not know yet. */
export function completePolicy(stored: Partial<Policy>): Policy {
  return { ...DEFAULT_POLICY, ...given(stored) }
}

/**
 * What an earlier version remembered, with what it did not know yet as not seen. Outlooks are counted by place, so those
 * of a version that had others say nothing and are learned again.
 */
export function completeMemory(stored: Partial<Memory>): Memory {
  const memory = { ...EMPTY_MEMORY, ...given(stored) }
  if (memory.load === null) return memory
  const load = { ...EMPTY_LOAD, ...given(memory.load) }
  const known = load.outlook.costs?.length === EMPTY_OUTLOOK.costs.length
  return { ...memory, load: { ...load, outlook: known ? { ...EMPTY_OUTLOOK, ...load.outlook } : EMPTY_OUTLOOK } }
}

/** Without the fields that are there but hold nothing. */
function given<T extends object>(stored: T): T {
  // Leaving out undefined ones cannot make it another type.
  return Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== undefined)) as T
}
