import { completed, stateOf, type PoolState } from './state.ts'
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

export interface StateReader {
  read(poolId: string, fields: Readonly<Record<string, string>>): Read
  /** As it was read last; null: it was not, or was gone. */
  last(poolId: string): PoolState | null
}

/**
 * Reads the hashes of pools. The field `clock` says which steps of the clock the others know of; without it they are taken
 * to know of all. Without a `clock` times are left as they are.
 */
export function createStateReader(clock?: { now(): number; steps(): number }): StateReader {
  const pools = new Map<string, { readonly known: ReadonlyMap<string, Known>; readonly state: PoolState }>()
  const parsed = (poolId: string, fields: Readonly<Record<string, string>>): ReadonlyMap<string, Known> => {
    const before = pools.get(poolId)?.known
    const known = new Map<string, Known>()
    for (const [field, text] of Object.entries(fields)) {
      if (field === 'clock') continue
      const last = before?.get(field)
      known.set(field, last?.text === text ? last : parse(field, text))
    }
    return known
  }
  /** Documents by the clock as it is now. */
  const byClock = (known: ReadonlyMap<string, Known>, clockField: string | undefined): Read => {
    const documents = new Map([...known].map(([field, { document }]) => [field, document]))
    const moved = new Map<string, string>()
    if (clock === undefined || !known.has('pool')) return { state: stateOf(documents), moved }
    const [now, steps] = [clock.now(), String(clock.steps())]
    const by = Number(steps) - Number(clockField ?? steps)
    for (const [field, { text, document, newest }] of known) {
      if (by === 0 && newest <= now + NEAR_MS) continue
      const after = afterSteps(field, document, by, now)
      if (after === document) continue
      documents.set(field, after)
      const then = JSON.stringify(after)
      if (then !== text) moved.set(field, then)
    }
    if (clockField !== steps) moved.set('clock', steps)
    return { state: stateOf(documents), moved }
  }
  return {
    read: (poolId, fields) => {
      const known = parsed(poolId, fields)
      const read = byClock(known, fields['clock'])
      if (read.state === null) pools.delete(poolId)
      else pools.set(poolId, { known, state: read.state })
      return read
    },
    last: (poolId) => pools.get(poolId)?.state ?? null,
  }
}

function parse(field: string, text: string): Known {
  const document = completed(field, JSON.parse(text))
  return { text, document, newest: newestTime(field, document) }
}
