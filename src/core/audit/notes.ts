import { SPINUP } from '../model/pool.ts'
import type { AuditDraft, AuditHead } from '../model/audit.ts'

/** The oldest entries, after `before` and up to `floor`, were let go. */
export function cutDraft(before: number, floor: AuditHead['floor'], at: number): AuditDraft {
  const count = floor.seq - before
  return {
    ...BY_ITSELF,
    at,
    kind: 'cut',
    action: 'cut',
    what: `The ${count} oldest entries were dropped`,
    told: `up to entry ${floor.seq}`,
    detail: { upTo: floor.seq, hash: floor.hash, count },
  }
}

/** The chain had got as far as `was`, and ended before that when it was looked at again. */
export function setBackDraft(was: AuditHead['floor'], found: AuditHead['floor'], at: number): AuditDraft {
  return {
    ...BY_ITSELF,
    at,
    kind: 'event',
    action: 'setBack',
    what: `The record had ${was.seq} entries, and was found with ${found.seq}`,
    told: 'Redis lost the end of it in a crash, was restored from a backup, or somebody removed it',
    outcome: 'failed',
    detail: { was: was.seq, wasHash: was.hash, found: found.seq, foundHash: found.hash },
  }
}

/** A backup was put back, by who may do so on the machine. */
export function restoredDraft(backup: { readonly madeAt: number; readonly by: string }, at: number): AuditDraft {
  return {
    ...BY_ITSELF,
    at,
    kind: 'event',
    action: 'restore',
    what: `A backup of ${new Date(backup.madeAt).toISOString()} was put back`,
    told: `by ${backup.by}; what came after it is not in this record`,
    detail: { madeAt: backup.madeAt, by: backup.by },
  }
}

const BY_ITSELF = {
  actor: SPINUP,
  place: null,
  tenant: null,
  pool: null,
  decision: null,
  episode: null,
  approval: null,
  outcome: 'done',
} as const
