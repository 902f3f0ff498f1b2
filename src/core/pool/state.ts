import { EMPTY_MEMORY, type Decision, type Memory } from '../model/decision.ts'
import type { Member, Protection } from '../model/member.ts'
import type { Operation } from '../model/operation.ts'
import { PLAIN_POOL, type Pause, type Pin, type Pool } from '../model/pool.ts'
import type { Refresh } from '../model/refresh.ts'
import type { Alarm, Approval, Asked, Episode, Onboarding } from '../model/state.ts'
import { EMPTY_UPKEEP, type Upkeep } from '../model/upkeep.ts'
import type { View } from '../model/view.ts'
import { completeMemory, completePolicy } from '../policy/complete.ts'
import { STORED_UPKEEP } from './stored-upkeep.ts'
import { byId, keyed, many, one, required, type Field } from './field.ts'

/** Everything that is kept of a pool, each field once; what it is, how it is stored and how it changes derive from here. */
const FIELDS = {
  pool: required<Pool>((stored) => ({ ...PLAIN_POOL, ...stored, policy: completePolicy(stored.policy) })),
  members: many<Member>('member:', (a, b) => a.createdAt - b.createdAt || byId(a, b)),
  operations: many<Operation>('operation:'),
  approvals: many<Approval>('approval:'),
  episodes: many<Episode>('episode:'),
  alarms: many<Alarm>('alarm:'),
  asked: many<Asked>('asked:'),
  /** By member. */
  protections: keyed<Protection>('protect:'),
  pin: one<Pin | null>(null),
  pause: one<Pause | null>(null),
  memory: one<Memory>(EMPTY_MEMORY, { read: completeMemory }),
  decision: one<Decision | null>(null),
  onboarding: one<Onboarding | null>(null),
  upkeep: one<Upkeep>(EMPTY_UPKEEP, STORED_UPKEEP),
  /** The last one, also when it is over; null: there was none. */
  refresh: one<Refresh | null>(null),
  /** Epoch ms. */
  lastTickAt: one(0),
  /** When it was last changed by something other than a tick, which judges what it sees; epoch ms. */
  changedAt: one(0),
  /** Cards that nothing would show again, until they are shown; null: none. */
  unposted: one<Readonly<Record<string, View>> | null>(null, { name: 'untold' }),
  /** Number of the next clone's name; the origin is number 1. */
  nextMember: one(2),
}

type Fields = typeof FIELDS
type ValueOf<F> = F extends Field<infer Value, infer _> ? Value : never
type ChangeOf<F> = F extends Field<infer _, infer Change> ? Change : never

/** All that is kept of a pool, read in one go. */
export type PoolState = { readonly [K in keyof Fields]: ValueOf<Fields[K]> }

/** What is to be different: documents to put and to remove, values to replace. */
export type StateChange = { readonly [K in keyof Fields]?: ChangeOf<Fields[K]> }

/** The table by name, where its types do not matter. */
const BY_NAME: Readonly<Record<string, Field<unknown, unknown>>> = FIELDS
const NAMES = Object.keys(FIELDS)
const BY_PREFIX = new Map(Object.values(BY_NAME).map((field, index) => [field.prefix ?? NAMES[index]!, NAMES[index]!]))

/** The state as it will be once `change` is written; what does not change stays the same object. */
export function applyChange(state: PoolState, change: StateChange): PoolState {
  const before: Readonly<Record<string, unknown>> = state
  const after = Object.entries(change).map(([name, part]) => [name, BY_NAME[name]!.apply(before[name], part)])
  // Each value is of its own field.
  return { ...state, ...(Object.fromEntries(after) as Partial<PoolState>) }
}

/** Two changes as one: the later wins. */
export function mergeChanges(first: StateChange, second: StateChange): StateChange {
  const known: Readonly<Record<string, unknown>> = first
  const merged = Object.entries(second).map(([name, part]) => [
    name,
    known[name] === undefined ? part : BY_NAME[name]!.merge(known[name], part),
  ])
  // As above.
  return { ...first, ...(Object.fromEntries(merged) as StateChange) }
}

/** The documents that a change writes, by the name they are stored under; null deletes. */
export function documentsOf(change: StateChange): ReadonlyMap<string, unknown> {
  const documents = new Map<string, unknown>()
  for (const [name, part] of Object.entries(change)) {
    const field = BY_NAME[name]!
    for (const [key, document] of field.writes(part)) documents.set((field.prefix ?? name) + key, document)
  }
  return documents
}

/** A stored document with what an earlier version did not write; undefined: it is none of a state. */
export function completed(storedAs: string, document: unknown): unknown {
  const place = placeOf(storedAs)
  return place === null ? undefined : BY_NAME[place.name]!.complete(document)
}

/** The state from completed documents, by the name they are stored under; null: there is no pool. */
export function stateOf(documents: ReadonlyMap<string, unknown>): PoolState | null {
  const parts = new Map(NAMES.map((name) => [name, new Map<string, unknown>()]))
  for (const [storedAs, document] of documents) {
    const place = placeOf(storedAs)
    if (place !== null) parts.get(place.name)!.set(place.key, document)
  }
  const values = NAMES.map((name) => [name, BY_NAME[name]!.gather(parts.get(name)!)] as const)
  if (values.some(([, value]) => value === undefined)) return null
  return Object.fromEntries(values) as PoolState
}

/** The field that `storedAs` is of, and its key within it; null: of none. */
function placeOf(storedAs: string): { readonly name: string; readonly key: string } | null {
  const end = storedAs.indexOf(':') + 1
  const name = BY_PREFIX.get(end === 0 ? storedAs : storedAs.slice(0, end))
  return name === undefined ? null : { name, key: end === 0 ? '' : storedAs.slice(end) }
}
