import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { AuditDraft, AuditEntry, AuditHead } from '../core/model/audit.ts'
import { keys } from './keys.ts'

/** Before the first link. */
export const GENESIS = '0'.repeat(64)
export const EMPTY_HEAD: AuditHead = { seq: 0, hash: GENESIS, floor: { seq: 0, hash: GENESIS } }

export type AuditVerdict =
  | { readonly kind: 'whole'; readonly entries: number; readonly first: number; readonly head: AuditHead }
  /** `seq`: the first entry that is not as it was written, or is missing. */
  | { readonly kind: 'broken'; readonly seq: number; readonly why: string }

/** JSON with the names of every object in order and no spaces: the same value always gives the same text. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return `{${fields
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
    .join(',')}}`
}

/** The next link after `previous`. */
export function linkAfter(previous: { readonly seq: number; readonly hash: string }, draft: AuditDraft): AuditEntry {
  const body = { ...draft, seq: previous.seq + 1, previous: previous.hash }
  return { ...body, hash: hashOf(body) }
}

function hashOf(body: Omit<AuditEntry, 'hash'>): string {
  return createHash('sha256')
    .update(`${body.previous}\n${canonical(body)}`)
    .digest('hex')
}

/** Follows a chain, entry by entry, from `floor` on; the first thing that does not hold ends it. */
export interface ChainWalk {
  /** The next entry as it was stored; null: it holds. */
  take(text: string): Extract<AuditVerdict, { kind: 'broken' }> | null
  /** What it came to, given where the chain should end. */
  end(head: AuditHead): AuditVerdict
}

/** `sealed`: entries of others may stand there without what they say, as in an export. */
export function walkChain(
  floor: AuditHead['floor'],
  allowed: { readonly sealed: boolean } = { sealed: false },
): ChainWalk {
  let last: { readonly seq: number; readonly hash: string } = floor
  let cut: AuditHead['floor'] | null = null
  let count = 0
  const broken = (seq: number, why: string): Extract<AuditVerdict, { kind: 'broken' }> => ({ kind: 'broken', seq, why })
  return {
    take(text) {
      const seq = last.seq + 1
      const entry = parseEntry(text)
      if (entry === null) return broken(seq, 'it cannot be read')
      if (entry.seq !== seq) {
        return broken(seq, entry.seq > seq ? 'it is missing' : `entry ${entry.seq} is in its place`)
      }
      if (entry.previous !== last.hash) return broken(seq, 'it does not follow from the one before')
      const { hash, ...body } = entry
      const shut = allowed.sealed && 'sealed' in body
      if (!shut && hashOf(body) !== hash) return broken(seq, 'it was changed after it was written')
      if (entry.kind === 'cut') cut = floorOf(entry) ?? cut
      last = { seq, hash }
      count += 1
      return null
    },
    end(head) {
      if (last.seq < head.seq) return broken(last.seq + 1, 'it is missing')
      if (last.seq > head.seq) return broken(head.seq + 1, 'it is after the end of the chain')
      if (last.hash !== head.hash) return broken(last.seq, 'it is not the one the chain ended with')
      // Dropping entries is noted in the chain itself; else they were taken.
      if (floor.seq !== (cut?.seq ?? 0) || floor.hash !== (cut?.hash ?? GENESIS)) {
        return broken((cut?.seq ?? 0) + 1, 'it is missing, and the chain does not say that it was dropped')
      }
      return { kind: 'whole', entries: count, first: floor.seq + 1, head }
    },
  }
}

/** An entry's place in the chain, without what it says. */
export function sealed({ seq, previous, hash }: AuditEntry): string {
  return JSON.stringify({ seq, previous, hash, sealed: true, detail: {} })
}

function floorOf({ detail }: AuditEntry): AuditHead['floor'] | null {
  const { upTo, hash } = detail
  return typeof upTo === 'number' && typeof hash === 'string' ? { seq: upTo, hash } : null
}

/** null: it is no entry. */
export function parseEntry(text: string): AuditEntry | null {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || typeof value !== 'object') return null
    // Written by `linkAfter`; where it is not, its hash tells.
    const entry = value as AuditEntry
    const known =
      Number.isSafeInteger(entry.seq) && typeof entry.hash === 'string' && typeof entry.previous === 'string'
    return known && typeof entry.detail === 'object' && entry.detail !== null ? entry : null
  } catch {
    return null
  }
}

const PAGE = 500

/** Follows the chain in Redis from its first kept entry to its head. Null: entries were let go meanwhile, so that it has to be read again. */
export async function verifyOnce(
  redis: Redis,
  readHead: () => Promise<{ readonly head: AuditHead }>,
): Promise<AuditVerdict | null> {
  const { head } = await readHead()
  const walk = walkChain(head.floor)
  const count = head.seq - head.floor.seq
  let broken: AuditVerdict | null = null
  for (let from = 0; from < count && broken === null; from += PAGE) {
    const page = await redis.lrange(keys.auditEntries, from, Math.min(from + PAGE, count) - 1)
    for (const text of page) broken ??= walk.take(text)
    if (page.length < Math.min(PAGE, count - from)) break
  }
  const after = (await readHead()).head
  if (after.floor.seq !== head.floor.seq) return null
  if (broken !== null) return broken
  const length = await redis.llen(keys.auditEntries)
  const { head: latest } = await readHead()
  // Entries that no head tells of were put there by somebody else.
  if (latest.seq === after.seq && length > after.seq - after.floor.seq) {
    return { kind: 'broken', seq: after.seq + 1, why: 'it is after the end of the chain' }
  }
  return walk.end(head)
}
