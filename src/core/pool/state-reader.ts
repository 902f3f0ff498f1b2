import { completed, stateOf, type PoolState } from './state.ts'
import { CLOCK_TOLERANCE_MS } from '../model/report.ts'

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

/** Fields that hold a time, epoch ms, or a list or record of them; recognised by their names. */
const TIMES = /^(at|since|left|changes|sick|arriving|done)$|At$|Since$/
/** Of those, what may lie ahead. */
const AHEAD = /^(expiresAt|deadlineAt)$/
/** Fields that stay as they are: their times name cards and tags, are the provider's, or are shown as they were. */
const FIXED = /^(pool|untold|clock|nextMember|alarm:.*|strangers)$/
/** Fields that hold times of many things: one that lies ahead says nothing of the others. */
const MANY = /^(memory|upkeep)$/
/** What may be ahead without anything being wrong, ms: samples are, by as much as an agent's clock is not put right. */
const NEAR_MS = CLOCK_TOLERANCE_MS + 1000

/** Gives a time in place of one; `ahead`: it may lie ahead. */
type Change = (at: number, ahead: boolean) => number

/**
 * A document of a pool's state, by the name it is stored under, as it is after the clock was set by `by` ms: its times are
 * as long ago, and as far ahead, as they were. What then still claims to have happened after `now` was kept by a clock that
 * nobody saw being set: it happened just now, and all the times of one thing go back together. The same object where
 * nothing changes.
 */
export function afterSteps(field: string, before: unknown, by: number, now: number): unknown {
  if (FIXED.test(field)) return before
  const after = putRight(field, by === 0 ? before : each(field, before, (at) => at + by), now)
  return after === before ? before : renewed(field, after)
}

/** The latest of its times that should lie behind, epoch ms; 0: there is none. */
function newestTime(field: string, value: unknown): number {
  return FIXED.test(field) ? 0 : newestIn(field, value)
}

/** Asked of every text that is read: it makes nothing. */
function newestIn(name: string, value: unknown): number {
  if (typeof value === 'number') return TIMES.test(name) && !AHEAD.test(name) ? value : 0
  let newest = 0
  if (Array.isArray(value)) for (const one of value) newest = Math.max(newest, newestIn(name, one))
  else if (isRecord(value))
    for (const key in value)
      if (!FIXED.test(key)) newest = Math.max(newest, newestIn(nameOf(name, key, value[key]), value[key]))
  return newest
}

/** Without times that lie ahead of `now` and may not; the same value where there are none. */
function putRight(field: string, value: unknown, now: number): unknown {
  const near = now + NEAR_MS
  const newest = newestTime(field, value)
  if (newest <= near) return value
  const alone: Change = (at, ahead) => (!ahead && at > near ? now : at)
  return each(field, value, MANY.test(field) ? alone : (at) => at + now - newest)
}

/** A worker that holds an operation as it was is not to write its old times back. */
function renewed(field: string, value: unknown): unknown {
  if (!field.startsWith('operation:') || !isRecord(value)) return value
  return { ...value, version: Number(value['version']) + 1 }
}

/** The value with every time in it changed. The entries of a record of times, `unhealthy: { 'web-2': … }`, are named by it. */
function each(name: string, value: unknown, change: Change): unknown {
  if (typeof value === 'number') {
    // 0 stands for never.
    if (!TIMES.test(name) || value <= 0) return value
    return Math.max(1, change(value, AHEAD.test(name)))
  }
  if (Array.isArray(value)) return value.map((one: unknown) => each(name, one, change))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, FIXED.test(key) ? one : each(nameOf(name, key, one), one, change)]),
  )
}

/** By which name a value of a record is known. */
function nameOf(record: string, key: string, value: unknown): string {
  return typeof value === 'number' && TIMES.test(record) && !TIMES.test(key) ? record : key
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
