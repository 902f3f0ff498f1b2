import type { Redis } from 'ioredis'
import { walkChain, type AuditVerdict } from './audit-chain.ts'
import type { AuditHead } from '../core/model/audit.ts'
import { keys } from './keys.ts'

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
