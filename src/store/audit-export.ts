import type { AuditLog } from './audit.ts'
import { parseEntry, sealed, walkChain, type AuditVerdict } from './audit-chain.ts'
import type { AuditEntry } from '../core/model/audit.ts'

/**
 * The kept entries as lines of JSON, oldest first; `pool`: those about the pool of that id or name. `tenant`: of another
 * team's only the place in the chain is shown, so that the file can be checked as a whole; absent: everything.
 */
export async function* exportLines(log: AuditLog, pool: string | null, tenant?: string | null): AsyncGenerator<string> {
  for await (const line of log.lines()) {
    const entry = parseEntry(line)
    const theirs = tenant !== undefined && entry !== null && entry.tenant !== tenant
    const about = entry?.pool ?? null
    if (pool === null) yield theirs ? sealed(entry) : line
    else if (!theirs && (about?.id === pool || about?.name === pool)) yield line
  }
}

/** What became of an exported chain; `null`: it holds no entry. */
export function verifyLines(lines: readonly string[]): AuditVerdict | null {
  const first = parseEntry(lines[0] ?? '')
  const last = parseEntry(lines.at(-1) ?? '')
  if (lines.length === 0) return null
  if (first === null || last === null) {
    const seq = first === null ? 1 : first.seq + lines.length - 1
    return { kind: 'broken', seq, why: 'it cannot be read' }
  }
  const floor = { seq: first.seq - 1, hash: first.previous }
  const walk = walkChain(floor, { sealed: true })
  for (const line of lines) {
    const broken = walk.take(line)
    if (broken !== null) return broken
  }
  return walk.end({ seq: last.seq, hash: last.hash, floor })
}

/** The number of the kept entry with this hash; null: there is none. */
export async function findHash(log: AuditLog, hash: string): Promise<number | null> {
  for await (const line of log.lines()) {
    const entry = parseEntry(line)
    if (entry?.hash === hash) return entry.seq
  }
  return null
}

/** The first entry of an export that the chain no longer has as it was; null: all that are still kept are there. */
export async function firstLost(log: AuditLog, lines: readonly string[]): Promise<AuditEntry | null> {
  const known = new Map<number, string>()
  let first = 0
  for await (const line of log.lines()) {
    const entry = parseEntry(line)
    if (entry === null) continue
    if (first === 0) first = entry.seq
    known.set(entry.seq, entry.hash)
  }
  for (const line of lines) {
    const entry = parseEntry(line)
    if (entry !== null && (first === 0 || entry.seq >= first) && known.get(entry.seq) !== entry.hash) return entry
  }
  return null
}
