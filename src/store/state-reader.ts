import { completed, stateOf, type PoolState } from '../core/pool/state.ts'
import type { Clock } from './clock.ts'
import { afterSteps, NEAR_MS, newestTime } from './state-times.ts'

/** A pool as its hash shows it. */
export interface Read {
  /** Its times by the clock as it is now; null: there is no pool. */
  readonly state: PoolState | null
  /** Fields that a clock which was set makes others, as they are to be stored. */
  readonly moved: ReadonlyMap<string, string>
}

/** One field as it was read last; only a text that is new is parsed. */
interface Known {
  readonly text: string
  readonly document: unknown
  /** The latest time in it that should lie behind, epoch ms. */
  readonly newest: number
}

/**
 * Reads the hashes of pools. The field `clock` says which steps of the clock the others know of; without it they are taken
 * to know of all. Without a `clock` times are left as they are.
 */
export function createStateReader(
  clock?: Pick<Clock, 'now' | 'steps'>,
): (poolId: string, fields: Readonly<Record<string, string>>) => Read {
  const pools = new Map<string, ReadonlyMap<string, Known>>()
  const remember = (poolId: string, fields: Readonly<Record<string, string>>): ReadonlyMap<string, Known> => {
    const before = pools.get(poolId)
    const known = new Map<string, Known>()
    for (const [field, text] of Object.entries(fields)) {
      if (field === 'clock') continue
      const last = before?.get(field)
      known.set(field, last?.text === text ? last : parse(field, text))
    }
    if (known.has('pool')) pools.set(poolId, known)
    else pools.delete(poolId)
    return known
  }
  return (poolId, fields) => {
    const known = remember(poolId, fields)
    const documents = new Map([...known].map(([field, { document }]) => [field, document]))
    const moved = new Map<string, string>()
    if (clock === undefined || !known.has('pool')) return { state: stateOf(documents), moved }
    const [now, steps] = [clock.now(), String(clock.steps())]
    const by = Number(steps) - Number(fields['clock'] ?? steps)
    for (const [field, { document, newest }] of known) {
      if (by === 0 && newest <= now + NEAR_MS) continue
      const after = afterSteps(field, document, by, now)
      if (after === document) continue
      documents.set(field, after)
      moved.set(field, JSON.stringify(after))
    }
    if (fields['clock'] !== steps) moved.set('clock', steps)
    return { state: stateOf(documents), moved }
  }
}

function parse(field: string, text: string): Known {
  const document = completed(field, JSON.parse(text))
  return { text, document, newest: newestTime(field, document) }
}
