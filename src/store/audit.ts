import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { canonical, EMPTY_HEAD, linkAfter, parseEntry, verifyOnce, type AuditVerdict } from './audit-chain.ts'
import type { AuditDraft, AuditEntry, AuditHead } from '../core/model/audit.ts'
import { cutDraft, setBackDraft } from '../core/audit/notes.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'

/**
 * Who did what, in one chain for the whole installation: it also has what was asked before there was a pool, and
 * outlives pools that are disconnected. Throws `storeFailed`.
 */
export interface AuditLog {
  /** Puts down that something is about to be done, so that it is reported even if the bot dies meanwhile. */
  open(id: string, draft: AuditDraft): Promise<void>
  /** Appends to the chain, in this order; `ids` are those of `open` that these tell the end of. */
  append(drafts: readonly AuditDraft[], ids?: readonly string[]): Promise<void>
  /** It did not come to be. */
  drop(id: string): Promise<void>
  /** Appends what was opened before `before` (epoch ms) and never ended: its outcome is `unknown`. How many. */
  sweep(before: number): Promise<number>
  /** The newest that are `wanted`, newest first; looks at `within` entries at most (5,000), none from before `sinceAt`. */
  newest(
    count: number,
    wanted: (entry: AuditEntry) => boolean,
    range?: { readonly within?: number; readonly sinceAt?: number },
  ): Promise<readonly AuditEntry[]>
  /** Every kept entry as a line of JSON, oldest first. */
  lines(): AsyncIterable<string>
  verify(): Promise<AuditVerdict>
}

/** At least so many entries are kept; with half as many more, the oldest are let go, and the chain says so. */
const AUDIT_KEPT = 20_000
const PAGE = 500
const SLACK_MS = 3_600_000
/** Appends of other bots that may come in between. */
const MOST_TRIES = 200

/**
 * KEYS: head, entries, open. ARGV: the head it follows, the new head, entries, ids that have ended, how many go, and
 * whether it is only true while those ids are open.
 */
const APPEND = `
local head = redis.call('GET', KEYS[1]) or ''
if head ~= ARGV[1] then return 0 end
if ARGV[6] == 'open' then
  for _, id in ipairs(cjson.decode(ARGV[4])) do
    if redis.call('HEXISTS', KEYS[3], id) == 0 then return -1 end
  end
end
for _, entry in ipairs(cjson.decode(ARGV[3])) do redis.call('RPUSH', KEYS[2], entry) end
for _, id in ipairs(cjson.decode(ARGV[4])) do redis.call('HDEL', KEYS[3], id) end
if tonumber(ARGV[5]) > 0 then redis.call('LTRIM', KEYS[2], ARGV[5], -1) end
redis.call('SET', KEYS[1], ARGV[2])
return 1`

interface Waiting {
  readonly drafts: readonly AuditDraft[]
  readonly ids: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The chain on an open connection. Bots that append at the same time take turns: each follows the head it has seen. */
export function createAuditLog(
  redis: Redis,
  options: { readonly kept?: number; readonly now?: () => number; readonly log?: Logger } = {},
): AuditLog {
  const { kept = AUDIT_KEPT, now = Date.now, log } = options
  let waiting: Waiting[] = []
  let working = false
  /** The last entry that this bot has written. */
  let reached: AuditHead['floor'] | null = null

  const readHead = async (): Promise<{ readonly text: string; readonly head: AuditHead }> => {
    const text = (await redis.get(keys.auditHead)) ?? ''
    // Written by `write` alone.
    return { text, head: text === '' ? EMPTY_HEAD : (JSON.parse(text) as AuditHead) }
  }

  /** Whether the chain has this entry; an answer that was lost on the way does not say. */
  const has = async ({ seq, hash }: AuditHead['floor']): Promise<boolean> => {
    const { floor } = (await readHead()).head
    return parseEntry((await redis.lindex(keys.auditEntries, seq - floor.seq - 1)) ?? '')?.hash === hash
  }

  /** `overtaken`: another appended meanwhile; `moot`: an id that had to be open is not. */
  const write = async (
    drafts: readonly AuditDraft[],
    ids: readonly string[],
    need: 'open' | 'any',
  ): Promise<'written' | 'overtaken' | 'moot'> => {
    const { text, head } = await readHead()
    const entries: AuditEntry[] = []
    const push = (draft: AuditDraft): void => void entries.push(linkAfter(entries.at(-1) ?? head, draft))
    let { floor } = head
    const surplus = head.seq - floor.seq - kept
    const going = surplus > kept / 2 ? surplus : 0
    if (going > 0) {
      const last = parseEntry((await redis.lindex(keys.auditEntries, going - 1)) ?? '')
      // Without it the chain is broken already, and nothing more is taken from it.
      if (last !== null) {
        floor = { seq: last.seq, hash: last.hash }
        push(cutDraft(head.floor.seq, floor, now()))
      }
    }
    // Noted in the chain itself; should another append have come in between, there is nothing to tell, nor is it written.
    const lost = reached !== null && head.seq < reached.seq ? reached : null
    if (lost !== null) push(setBackDraft(lost, { seq: head.seq, hash: head.hash }, now()))
    drafts.forEach(push)
    const { seq, hash } = entries.at(-1) ?? head
    const next: AuditHead = { seq, hash, floor }
    const gone = floor.seq - head.floor.seq
    const written = await redis.eval(
      APPEND,
      3,
      keys.auditHead,
      keys.auditEntries,
      keys.auditOpen,
      text,
      canonical(next),
      JSON.stringify(entries.map(canonical)),
      JSON.stringify(ids),
      gone,
      need,
    )
    if (written === -1) return 'moot'
    // A connection that breaks off has its commands sent once more, and the second is overtaken by the first. What has to
    // be open is not any more then.
    if (written === 0 && (need === 'open' || !(await has({ seq, hash })))) return 'overtaken'
    reached = { seq, hash }
    if (lost !== null) log?.error({ was: lost, found: head.seq }, 'the end of the audit chain is gone')
    if (gone > 0) log?.warn({ gone, upTo: floor.seq, hash: floor.hash }, 'oldest audit entries dropped')
    return 'written'
  }

  const insist: typeof write = async (drafts, ids, need) => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const written = await write(drafts, ids, need)
      if (written !== 'overtaken') return written
    }
    throw new Error('other bots kept appending')
  }

  /** All that wait go in one write, so that a burst of clicks is a few round trips. */
  const work = async (): Promise<void> => {
    if (working) return
    working = true
    try {
      while (waiting.length > 0) {
        const turn = waiting
        waiting = []
        try {
          const drafts = turn.flatMap((one) => one.drafts)
          const ids = turn.flatMap((one) => one.ids)
          await insist(drafts, ids, 'any')
          turn.forEach(({ resolve }) => resolve())
        } catch (error) {
          turn.forEach(({ reject }) => reject(error))
        }
      }
    } finally {
      working = false
    }
  }
  const append: AuditLog['append'] = guard('save what was done', async (drafts, ids = []) => {
    if (drafts.length === 0) return
    await new Promise<void>((resolve, reject) => {
      waiting.push({ drafts, ids, resolve, reject })
      void work()
    })
  })

  const sweep: AuditLog['sweep'] = guard('find what never ended', async (before) => {
    const open = Object.entries(await redis.hgetall(keys.auditOpen)).map(([id, text]) => ({
      id,
      draft: JSON.parse(text) as AuditDraft,
    }))
    const old = open.filter(({ draft }) => draft.at < before).toSorted((a, b) => a.draft.at - b.draft.at)
    let swept = 0
    for (const { id, draft } of old) {
      const end: AuditDraft = { ...draft, outcome: 'unknown', told: 'the bot stopped before it knew' }
      // Another bot may be at it too, or the one that opened it comes back: one of them tells.
      if ((await insist([end], [id], 'open')) === 'written') swept++
    }
    return swept
  })

  async function* lines(): AsyncGenerator<string> {
    const readPage = guard('read the history', async (from: number) => {
      for (;;) {
        const { floor } = (await readHead()).head
        const first = Math.max(from, floor.seq + 1)
        const index = first - floor.seq - 1
        const page = await redis.lrange(keys.auditEntries, index, index + PAGE - 1)
        // Were the oldest let go in between, the places are others.
        if ((await readHead()).head.floor.seq === floor.seq) return { page, next: first + page.length }
      }
    })
    for (let next = 1; ;) {
      const found = await readPage(next)
      if (found.page.length === 0) return
      yield* found.page
      next = found.next
    }
  }

  return {
    open: guard('save what is asked', async (id, draft) => {
      await redis.hset(keys.auditOpen, id, JSON.stringify(draft))
    }),
    append,
    drop: guard('forget what did not happen', async (id) => void (await redis.hdel(keys.auditOpen, id))),
    sweep,
    newest: guard('read the history', async (count, wanted, { within = 5000, sinceAt = 0 } = {}) => {
      const found: AuditEntry[] = []
      for (let seen = 0; seen < within && found.length < count; seen += PAGE) {
        const page = await redis.lrange(keys.auditEntries, -seen - PAGE, -seen - 1)
        for (const text of page.toReversed()) {
          const entry = parseEntry(text)
          if (entry !== null && found.length < count && wanted(entry)) found.push(entry)
        }
        const oldest = parseEntry(page[0] ?? '')
        // What took long stands later in the chain than when it was asked.
        if (page.length < PAGE || (oldest !== null && oldest.at < sinceAt - SLACK_MS)) break
      }
      return found.filter(({ at }) => at >= sinceAt)
    }),
    lines,
    verify: guard('check the history', async () => {
      for (let tries = 0; ; tries++) {
        const verdict = await verifyOnce(redis, readHead)
        if (verdict !== null) return verdict
        if (tries > 20) throw new Error('it changes faster than it can be read')
      }
    }),
  }
}
