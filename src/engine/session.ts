import { SpinupError } from '../core/model/error.ts'
import type { Decision } from '../core/model/decision.ts'
import type { View } from '../core/model/view.ts'
import type { JournalEntry } from '../core/model/state.ts'
import { type PoolState, applyChange, mergeChanges, type StateChange } from '../core/pool/state.ts'
import type { Services } from './services.ts'

/** The lock lapses by itself when a bot dies; one that is alive and slow keeps it by this. */
const RENEW_MS = 1000

/** One stretch of work on a pool while holding its lock: changes pile up and are committed whole at the end. */
export interface Session {
  readonly poolId: string
  readonly services: Services
  readonly now: number
  /** As it will be after the changes so far. */
  state(): PoolState
  /** Whether the lock is this bot's yet; asked right before anything outside is changed under it. */
  still(): Promise<boolean>
  change(change: StateChange): void
  journal(entry: JournalEntry): void
  keepDecision(decision: Decision): void
  /** Shows or edits a card in the pool's channels once the commit has happened. */
  tell(cardId: string, view: View): void
  /** The same for a card that no later tick tells again: it is kept with the commit until it is told. */
  tellOnce(cardId: string, view: View): void
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
    let state: PoolState = before
    let change: StateChange = {}
    let dirty = false
    const journal: JournalEntry[] = []
    const decisions: Decision[] = []
    const once = new Map(Object.entries(before.untold ?? {}))
    const cards = new Map(once)
    const result = await work({
      poolId,
      services,
      now: services.now(),
      state: () => state,
      still: () => lease.renew(),
      change: (more) => {
        dirty = true
        change = mergeChanges(change, more)
        state = applyChange(state, more)
      },
      journal: (entry) => journal.push(entry),
      keepDecision: (decision) => decisions.push(decision),
      tell: (cardId, view) => {
        cards.set(cardId, view)
        if (once.has(cardId)) once.set(cardId, view)
      },
      tellOnce: (cardId, view) => {
        dirty = true
        cards.set(cardId, view)
        once.set(cardId, view)
      },
    })
    if (once.size > 0) change = mergeChanges(change, { untold: Object.fromEntries(once) })
    if (dirty || journal.length > 0 || decisions.length > 0) {
      const written = await services.audit.commit(
        { before, after: state, journal, decisions, at: services.now() },
        () => services.store.commit(poolId, { kind: 'lease', lease }, { change, journal, decisions }),
      )
      if (!written) {
        throw new SpinupError('conflict', 'Another Spinup took over meanwhile; nothing was changed. Try again.', {
          retryable: true,
        })
      }
    }
    for (const operation of state.operations) {
      if (operation.state.kind === 'running') await services.queue.add(poolId, operation.id)
    }
    for (const [cardId, view] of cards) {
      await services.notices.tell(poolId, cardId, view, services.now())
    }
    if (once.size > 0) await services.store.commit(poolId, { kind: 'lease', lease }, { change: { untold: null } })
    return result
  } finally {
    clearInterval(renewal)
    await lease.release()
  }
}
