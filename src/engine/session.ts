import { messageOf, SpinupError } from '../core/model/error.ts'
import { createDraft, type Draft } from '../core/pool/draft.ts'
import type { PoolState } from '../core/pool/state.ts'
import { rememberedOf } from './loop/memory.ts'
import type { Services } from './services.ts'

/** The lock expires by itself when a bot dies; one that is alive and slow keeps it by this. */
const RENEW_MS = 1000

/** One stretch of work on a pool while holding its lock: its draft is committed whole at the end. */
export interface Session extends Draft {
  readonly poolId: string
  readonly services: Services
  /** Whether the lock is this bot's yet; asked right before anything outside is changed under it. */
  still(): Promise<boolean>
}

/**
 * Runs `work` under the pool's lock and commits what it changed. Null when the lock could not be had in `waitMs`, or
 * there is no such pool. Cards are put into the outbox after the commit. Most are computed from the state, so a tick
 * after a crash puts them again; the others wait in it.
 */
export async function withPool<T>(
  services: Services,
  poolId: string,
  waitMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T | null> {
  const lease = await services.store.lock(poolId, waitMs)
  if (lease === null) return null
  const renewal = setInterval(() => void lease.renew().catch(() => undefined), RENEW_MS)
  try {
    const before = await services.store.take(poolId, lease)
    if (before === null) return null
    const now = services.now()
    const draft = createDraft(before, {
      now,
      newId: services.newId,
      windows: ({ pool }) => services.calendar.open(pool.policy.calendar, now),
      memory: (state) => rememberedOf(services, state, now),
    })
    const result = await work({ ...draft, poolId, services, still: () => lease.renew() })
    const { lastTickAt } = draft.state()
    if (draft.state() !== before && lastTickAt === before.lastTickAt) draft.change({ changedAt: now })
    const { after, change, journal, decisions, dirty, cards, once } = draft.drafted()
    if (dirty) {
      const written = await services.audit.commit({ before, after, journal, decisions, at: services.now() }, () =>
        services.store.commit(poolId, { kind: 'lease', lease }, { change, journal, decisions }),
      )
      if (!written) {
        throw new SpinupError('conflict', 'Another Spinup took over meanwhile; nothing was changed. Try again.', {
          retryable: true,
        })
      }
      logScaling(services, before, after)
    }
    try {
      for (const operation of after.operations) {
        if (operation.state.kind === 'running') await services.queue.add(poolId, operation.id)
      }
      for (const [cardId, view] of cards) {
        await services.notices.tell(poolId, cardId, view, services.now())
      }
      if (once.size > 0) await services.store.commit(poolId, { kind: 'lease', lease }, { change: { unposted: null } })
    } catch (error) {
      // What was changed is changed: who asked must not read that it failed. The next tick goes on from here.
      if (!dirty) throw error
      services.log.warn(
        { pool: poolId, reason: messageOf(error) },
        'changed, and not shown yet; the next tick shows it',
      )
    }
    return result
  } finally {
    clearInterval(renewal)
    await lease.release()
  }
}

/** A lock is let go of, or expires, before this; a busy machine may need some of it. */
const PATIENCE_MS = 15_000

/**
 * The same for somebody who waits for the answer. Throws `unavailable` when the pool stays busy all the time, and
 * `notFound` when it is gone.
 */
export async function changePool<T>(
  services: Services,
  poolId: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const done = await withPool(services, poolId, PATIENCE_MS, async (session) => ({ result: await work(session) }))
  if (done !== null) return done.result
  if ((await services.store.load(poolId)) !== null) throw stillBusy()
  throw new SpinupError('notFound', 'That pool is no longer connected; nothing was changed.')
}

export function stillBusy(): SpinupError {
  return new SpinupError('unavailable', 'The pool is busy right now; nothing was changed. Try again in a moment.')
}

/** The scale events that begin by a decision. */
function logScaling({ log }: Services, before: PoolState, after: PoolState): void {
  const known = new Set(before.episodes.map(({ id }) => id))
  for (const { id, decisionId: decision, from, to, rule, reason } of after.episodes) {
    if (!known.has(id) && decision !== undefined) log.info({ decision, from, to, rule, reason }, 'scaling')
  }
}
