/** Documents to put (by their id) and ids to remove; what is in both is removed. */
export interface Documents<T> {
  readonly put?: readonly T[]
  readonly remove?: readonly string[]
}

/** What is stored, by the key it has within its field: a document's id; '' where the field is one document. */
export type Stored = ReadonlyMap<string, unknown>

/** How one field of a pool's state begins, lies in the store, and changes. A `Value` is never modified, only replaced. */
export interface Field<Value, Change> {
  /** What its stored documents are called, before their key; null: as the field is, and it is one document. */
  readonly prefix: string | null
  /** A stored document, with what an earlier version did not write. */
  complete(stored: unknown): unknown
  /** The value from its completed documents; undefined: none can do without them. */
  gather(documents: Stored): Value | undefined
  /** The value as it will be once the change is written. */
  apply(before: Value, change: Change): Value
  /** Two changes as one: the later wins. */
  merge(first: Change, second: Change): Change
  /** Documents to write, by key; null deletes. Where a key comes twice, the later counts. */
  writes(change: Change): Iterable<readonly [key: string, document: unknown]>
}

/** How a value is stored, where that is not as the field has it: under which name, read and written how. */
export interface StoredAs<T> {
  readonly name?: string
  readonly read?: (stored: T) => T
  readonly write?: (value: T) => unknown
}

/** One value, replaced as a whole; `absent` when nothing is stored. It is stored as it is, null as nothing. */
export function one<T>(absent: T, stored: StoredAs<T> = {}): Field<T, T> {
  return {
    ...single(stored),
    gather: (documents) => (documents.has('') ? (documents.get('') as T) : absent),
  }
}

/** The same for a value without which there is no state. */
export function required<T>(read: (stored: T) => T): Field<T, T> {
  return { ...single({ read }), gather: (documents) => documents.get('') as T | undefined }
}

function single<T>({ name, read = same, write = same }: StoredAs<T>): Omit<Field<T, T>, 'gather'> {
  return {
    prefix: name ?? null,
    // Written by `writes` alone, here and in `many` and `keyed`, so the shapes are ours.
    complete: (stored) => read(stored as T),
    apply: (_, change) => change,
    merge: (_, second) => second,
    writes: (change) => [['', write(change)]],
  }
}

/** Documents with ids, each stored alone, so that what one writer changes another does not write back. */
export function many<T extends { readonly id: string }>(
  prefix: string,
  order: (a: T, b: T) => number = byId,
): Field<readonly T[], Documents<T>> {
  return {
    prefix,
    complete: same,
    gather: (documents) => ([...documents.values()] as T[]).toSorted(order),
    apply: (before, { put = [], remove = [] }) => {
      if (put.length + remove.length === 0) return before
      const after = new Map([...before, ...put].map((document) => [document.id, document]))
      for (const id of remove) after.delete(id)
      return [...after.values()].toSorted(order)
    },
    merge: (first, second) => {
      const merged = new Map<string, T | null>()
      for (const { put = [], remove = [] } of [first, second]) {
        for (const document of put) merged.set(document.id, document)
        for (const id of remove) merged.set(id, null)
      }
      return {
        put: [...merged.values()].filter((document) => document !== null),
        remove: [...merged].filter(([, document]) => document === null).map(([id]) => id),
      }
    },
    writes: ({ put = [], remove = [] }) => [
      ...put.map((document) => [document.id, document] as const),
      ...remove.map((id) => [id, null] as const),
    ],
  }
}

/** Values by name, each stored alone; a change names those that it replaces, null removes. */
export function keyed<T>(prefix: string): Field<Readonly<Record<string, T>>, Readonly<Record<string, T | null>>> {
  return {
    prefix,
    complete: same,
    gather: (documents) => Object.fromEntries(documents) as Record<string, T>,
    apply: (before, change) => {
      const kept = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null)
      return Object.fromEntries(kept) as Record<string, T>
    },
    merge: (first, second) => ({ ...first, ...second }),
    writes: (change) => Object.entries(change),
  }
}

function same<T>(stored: T): T {
  return stored
}

/** By id, letter by letter. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : Number(a.id > b.id)
}
