import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { messageOf, SpinupError, type ErrorCode } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/platforms.ts'
import { SPINUP, type Pool } from '../../core/model/pool.ts'
import type { View } from '../../core/model/view.ts'
import type { AuditLog } from '../../store/audit.ts'
import type { AuditDraft, AuditOutcome } from '../../core/model/audit.ts'
import {
  actsOf,
  NO_REFS,
  plainWithoutSecrets,
  refsOf,
  withoutSecrets,
  type Committed,
  type Refs,
} from '../../core/audit/acts.ts'

/** Keeps who did what, in the two places that everything goes through: requests, and the commits of a pool's work. */
export interface Audit {
  /**
   * Does what a person asked, and keeps it: who, when, from where, and how it ended, also when it was refused. Nothing is
   * done that cannot be kept: throws `storeFailed` then.
   */
  request<T extends readonly View[] | object>(asked: Asked, asker: Asker, work: () => Promise<T>): Promise<T>
  /** What is being asked for is about this pool. */
  about(pool: Pool): void
  /** Writes one stretch of work; outside of a request, what it does by itself is kept. As `write`: false, nothing was written. */
  commit(committed: Committed, write: () => Promise<boolean>): Promise<boolean>
  /** Something that no commit tells of. */
  note(pool: Pool, what: string, detail: string): Promise<void>
}

/** A request that may change something, as it is kept. */
export interface Asked {
  /** The command's name. */
  readonly action: string
  /** As a person would type it, without `/spinup`. */
  readonly line: string
  /** It is a vote on that question; null in it: on the open one. */
  readonly vote: { readonly approval: string | null } | null
  /** Whether it changed something that no commit of a pool shows. */
  readonly beside: (views: readonly View[]) => boolean
  /** The whole of it. */
  readonly detail: unknown
}

/** A request under way, and what it has set off so far. */
interface Asking {
  pool: Pool | null
  refs: Refs
  readonly did: string[]
  committed: boolean
  over: boolean
}

/** What was started this long ago and has not ended never will: longer than any request takes. */
const DEAD_MS = 10 * 60_000
const SWEEP_EVERY_MS = 60_000

export function createAudit(options: {
  readonly log: AuditLog
  readonly now: () => number
  readonly logger: Logger
}): Audit {
  const { log, now, logger } = options
  const asking = new AsyncLocalStorage<Asking>()
  let sweptAt = 0

  /** What is done is done: that it could not be kept is said here, and recorded by a later sweep. */
  const close = async (drafts: readonly AuditDraft[], ids: readonly string[]): Promise<void> => {
    try {
      await log.append(drafts, ids)
    } catch (error) {
      logger.error({ reason: messageOf(error) }, 'could not save how something ended; the audit will say "unknown"')
    }
  }
  const forget = async (ids: readonly string[]): Promise<void> => {
    try {
      await Promise.all(ids.map((id) => log.drop(id)))
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'what did not happen will be recorded as "unknown"')
    }
  }
  const sweep = (): void => {
    if (now() - sweptAt < SWEEP_EVERY_MS) return
    sweptAt = now()
    log.sweep(now() - DEAD_MS).then(
      (count) => count > 0 && logger.warn({ count }, 'a bot died before it could say how something ended'),
      (error: unknown) => logger.warn({ reason: messageOf(error) }, 'could not find what never ended'),
    )
  }

  return {
    async request(asked, asker, work) {
      sweep()
      const own: Asking = { pool: null, refs: NO_REFS, did: [], committed: false, over: false }
      const draft = draftOf(asked, asker, now())
      const id = randomUUID()
      await log.open(id, draft)
      const end = async (outcome: AuditOutcome, detail: string): Promise<void> => {
        own.over = true
        const { pool, refs, did } = own
        const approval = refs.approval ?? draft.approval
        await close(
          [
            {
              ...draft,
              ...refs,
              approval,
              pool: pool === null ? null : { id: pool.id, name: pool.name },
              what: did.length > 0 ? withoutSecrets(did.join('; ')) : draft.what,
              outcome,
              told: withoutSecrets(detail),
              detail: { ...draft.detail, tookMs: now() - draft.at },
            },
          ],
          [id],
        )
      }
      let result
      try {
        result = await asking.run(own, work)
      } catch (error) {
        const refused = error instanceof SpinupError && REFUSALS.has(error.code)
        // What was not foreseen may hold anything.
        const detail = error instanceof SpinupError ? error.message : 'something went wrong inside; the log says what'
        await end(refused ? 'refused' : 'failed', detail)
        throw error
      }
      const views: readonly View[] = Array.isArray(result) ? result : []
      await end(
        own.committed || asked.beside(views) ? 'done' : 'nothing',
        views.map(titleOf).filter(Boolean).join('; '),
      )
      return result
    },

    about(pool) {
      const own = asking.getStore()
      if (own !== undefined) own.pool = pool
    },

    async commit(committed, write) {
      sweep()
      const own = asking.getStore()
      if (own !== undefined && !own.over) {
        const written = await write()
        if (!written) return false
        const { decision, episode, approval } = refsOf(committed)
        own.committed = true
        own.pool ??= committed.after.pool
        own.did.push(...committed.journal.map(({ what }) => what))
        own.refs = {
          decision: decision ?? own.refs.decision,
          episode: episode ?? own.refs.episode,
          approval: approval ?? own.refs.approval,
        }
        return true
      }
      const acts = actsOf(committed)
      if (acts.length === 0) return write()
      const opened = acts.map((draft) => ({ id: randomUUID(), draft }))
      await Promise.all(opened.map(({ id, draft }) => log.open(id, draft)))
      // Should it throw, it is not known whether it was written: what was opened stays, and is recorded as that.
      const written = await write()
      const ids = opened.map(({ id }) => id)
      if (written) await close(acts, ids)
      else await forget(ids)
      return written
    },

    async note(pool, what, detail) {
      await close(
        [
          {
            at: now(),
            kind: 'event',
            actor: SPINUP,
            place: null,
            tenant: pool.tenant ?? null,
            pool: { id: pool.id, name: pool.name },
            action: 'note',
            what: withoutSecrets(what),
            ...NO_REFS,
            outcome: 'done',
            told: withoutSecrets(detail),
            detail: {},
          },
        ],
        [],
      )
    },
  }
}

/** Ours to say no; everything else is a failure. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'badInput',
  'unauthorised',
  'notFound',
  'conflict',
  'limited',
])

function draftOf({ action, line, vote, detail }: Asked, { actor, place }: Asker, at: number): AuditDraft {
  return {
    at,
    kind: vote === null ? 'request' : 'vote',
    actor: { ...actor, name: withoutSecrets(actor.name) },
    place: { platform: place.platform, channel: place.channel },
    tenant: place.tenant,
    pool: null,
    action,
    what: withoutSecrets(line),
    ...NO_REFS,
    approval: vote?.approval == null ? null : withoutSecrets(vote.approval),
    outcome: 'begun',
    told: '',
    detail: { request: plainWithoutSecrets(detail) },
  }
}

/** What an answer says in short; its text may be private. A card that was only shown says nothing. */
function titleOf(view: View): string {
  if (view.kind === 'answer') return view.title
  return view.kind === 'error' ? view.message : ''
}
