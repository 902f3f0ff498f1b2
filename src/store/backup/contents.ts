import { keys } from '../keys.ts'
import { stateVersionOf, type StateVersion } from '../state-version.ts'
import type { Copied } from './copy.ts'

/** What a backup holds, for people. */
export interface Contents {
  readonly keys: number
  /** Of the values, before they are compressed. */
  readonly bytes: number
  /** Names of pools. */
  readonly pools: readonly string[]
  /** Sealed secrets: tokens of accounts, and of chats. */
  readonly secrets: number
  /** Entries of the record of who did what. */
  readonly history: number
  /** Tokens for the API. */
  readonly tokens: number
  readonly people: number
  /** Which form the state has. */
  readonly state: StateVersion
}

/** Counts keys as they are copied; of one that comes again the last counts. */
export function createContents(): { take(copied: Copied): void; all(): Contents } {
  const sizes = new Map<string, number>()
  const pools = new Map<string, string>()
  const counted = new Map<string, number>()
  let state = stateVersionOf({})
  return {
    take({ key, kind, values }) {
      const name = key.toString('latin1')
      sizes.delete(name)
      pools.delete(name)
      counted.delete(name)
      if (name === keys.stateVersion) state = stateVersionOf(fieldsOf(values))
      if (kind === 'none') return
      sizes.set(
        name,
        values.reduce((sum, value) => sum + value.length, key.length),
      )
      if (COUNTED.has(name)) counted.set(name, kind === 'hash' ? values.length / 2 : values.length)
      const pool = STATE.test(name) ? poolOf(values) : null
      if (pool !== null) pools.set(name, pool)
    },
    all: () => ({
      keys: sizes.size,
      bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
      pools: [...pools.values()].toSorted(),
      secrets: counted.get(keys.vault) ?? 0,
      history: counted.get(keys.auditEntries) ?? 0,
      tokens: counted.get(keys.tokenHashes) ?? 0,
      people: counted.get(keys.consolePeople) ?? 0,
      state,
    }),
  }
}

const COUNTED: ReadonlySet<string> = new Set([keys.vault, keys.auditEntries, keys.tokenHashes, keys.consolePeople])
const STATE = /^spinup:\{[^}]*\}:state$/

/** Its name, as the pool's state has it. */
function poolOf(values: readonly Buffer[]): string | null {
  const { pool } = fieldsOf(values)
  return pool === undefined ? null : (JSON.parse(pool) as { readonly name: string }).name
}

/** A hash, as text. */
function fieldsOf(values: readonly Buffer[]): Readonly<Record<string, string>> {
  const pairs = values.flatMap((field, at) =>
    at % 2 === 0 ? [[field.toString(), String(values[at + 1])] as const] : [],
  )
  return Object.fromEntries(pairs)
}
