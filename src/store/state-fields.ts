import type { Memory } from '../core/model/decision.ts'
import { completeMemory, completePolicy } from '../core/policy/complete.ts'
import type { Protection } from '../core/model/member.ts'
import { PLAIN_POOL } from '../core/model/pool.ts'
import type { PoolState } from '../core/model/state.ts'
import { EMPTY_UPKEEP, type Upkeep } from '../core/model/upkeep.ts'

type Collection = 'members' | 'operations' | 'approvals' | 'episodes' | 'alarms'
type Single =
  | 'pool'
  | 'pin'
  | 'pause'
  | 'memory'
  | 'decision'
  | 'onboarding'
  | 'upkeep'
  | 'refresh'
  | 'lastTickAt'
  | 'nextMember'
  | 'untold'

/** Documents to put (by their id) and ids to remove; singles are replaced, `null` removes. */
export type StateChange = {
  readonly [K in Collection]?: {
    readonly put?: readonly PoolState[K][number][]
    readonly remove?: readonly string[]
  }
} & { readonly [K in Single]?: PoolState[K] } & {
  readonly protections?: Readonly<Record<string, Protection | null>>
}

/** The hash-field prefix of each collection. */
const PREFIX: Readonly<Record<Collection, string>> = {
  members: 'member:',
  operations: 'operation:',
  approvals: 'approval:',
  episodes: 'episode:',
  alarms: 'alarm:',
}
const COLLECTIONS: readonly Collection[] = ['members', 'operations', 'approvals', 'episodes', 'alarms']
const SINGLES: readonly Single[] = [
  'pool',
  'pin',
  'pause',
  'memory',
  'decision',
  'onboarding',
  'upkeep',
  'refresh',
  'lastTickAt',
  'nextMember',
  'untold',
]
const PROTECTION = 'protect:'

/** A change as hash fields: `set` is field, value, field, value, …; `gone` are fields to delete. */
export function encodeChange(change: StateChange): { readonly set: string[]; readonly gone: string[] } {
  const set: string[] = []
  const gone: string[] = []
  const write = (field: string, value: unknown): void => {
    if (value === null) gone.push(field)
    else set.push(field, JSON.stringify(value))
  }
  for (const name of COLLECTIONS) {
    for (const document of change[name]?.put ?? []) write(PREFIX[name] + document.id, document)
    for (const id of change[name]?.remove ?? []) gone.push(PREFIX[name] + id)
  }
  for (const name of SINGLES) if (change[name] !== undefined) write(name, change[name])
  for (const [id, protection] of Object.entries(change.protections ?? {})) write(PROTECTION + id, protection)
  return { set, gone }
}

/** The state back from its hash; null when there is no pool. Written by `encodeChange` alone, so the shapes are ours. */
export function decodeState(fields: Readonly<Record<string, string>>): PoolState | null {
  if (fields['pool'] === undefined) return null
  const all = <T>(prefix: string): T[] =>
    Object.keys(fields)
      .filter((field) => field.startsWith(prefix))
      .toSorted()
      .map((field) => JSON.parse(fields[field]!) as T)
  const one = <T>(field: Single, otherwise: T): T =>
    fields[field] === undefined ? otherwise : (JSON.parse(fields[field]) as T)
  const protections: Record<string, Protection> = {}
  for (const field of Object.keys(fields)) {
    if (field.startsWith(PROTECTION)) {
      protections[field.slice(PROTECTION.length)] = JSON.parse(fields[field]!) as Protection
    }
  }
  return {
    pool: completePool(JSON.parse(fields['pool']) as PoolState['pool']),
    members: all<PoolState['members'][number]>(PREFIX.members).toSorted(byAge),
    operations: all(PREFIX.operations),
    approvals: all(PREFIX.approvals),
    episodes: all(PREFIX.episodes),
    alarms: all(PREFIX.alarms),
    protections,
    pin: one('pin', null),
    pause: one('pause', null),
    memory: completeMemory(one<Partial<Memory>>('memory', {})),
    decision: one('decision', null),
    onboarding: one('onboarding', null),
    upkeep: { ...EMPTY_UPKEEP, ...one<Partial<Upkeep>>('upkeep', {}) },
    refresh: one('refresh', null),
    lastTickAt: one('lastTickAt', 0),
    nextMember: one('nextMember', 2),
    ...(fields['untold'] === undefined ? {} : { untold: one('untold', null) }),
  }
}

/** A pool as an earlier version stored it lacks what that version did not know. */
function completePool(stored: PoolState['pool']): PoolState['pool'] {
  return { ...PLAIN_POOL, ...stored, policy: completePolicy(stored.policy) }
}

function byAge(a: PoolState['members'][number], b: PoolState['members'][number]): number {
  return a.createdAt - b.createdAt || a.id.localeCompare(b.id)
}

/** The state as it will be once `change` is written. */
export function applyChange(state: PoolState, change: StateChange): PoolState {
  const encoded = encodeChange(change)
  const fields: Record<string, string> = {}
  const whole = encodeChange({
    members: { put: state.members },
    operations: { put: state.operations },
    approvals: { put: state.approvals },
    episodes: { put: state.episodes },
    alarms: { put: state.alarms },
    protections: state.protections,
    pool: state.pool,
    pin: state.pin,
    pause: state.pause,
    memory: state.memory,
    decision: state.decision,
    onboarding: state.onboarding,
    upkeep: state.upkeep,
    refresh: state.refresh,
    lastTickAt: state.lastTickAt,
    nextMember: state.nextMember,
    ...(state.untold == null ? {} : { untold: state.untold }),
  })
  for (const set of [whole.set, encoded.set]) {
    for (let index = 0; index < set.length; index += 2) fields[set[index]!] = set[index + 1]!
  }
  for (const field of encoded.gone) delete fields[field]
  return decodeState(fields) ?? state
}

/** Two changes as one: the later wins. */
export function mergeChanges(first: StateChange, second: StateChange): StateChange {
  const merged: Record<string, unknown> = { ...first, ...second }
  for (const name of COLLECTIONS) {
    const parts = [first[name], second[name]].filter((part) => part !== undefined)
    if (parts.length === 0) continue
    const put = new Map<string, { readonly id: string }>()
    const remove = new Set<string>()
    for (const part of parts) {
      for (const document of part.put ?? []) {
        put.set(document.id, document)
        remove.delete(document.id)
      }
      for (const id of part.remove ?? []) {
        put.delete(id)
        remove.add(id)
      }
    }
    merged[name] = { put: [...put.values()], remove: [...remove] }
  }
  if (first.protections !== undefined || second.protections !== undefined) {
    merged['protections'] = { ...first.protections, ...second.protections }
  }
  return merged as StateChange
}
