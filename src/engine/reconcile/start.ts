import { messageOf } from '../../core/model/error.ts'
import type { Services } from '../services.ts'
import { reconcile } from './reconcile.ts'

/** Compares every pool at the start and each `everyMs`; of several bots on one Redis, one does. */
export interface Reconciler {
  stop(): Promise<void>
}

/** What failed is tried again this soon, then ever later, until the next regular comparison. */
const RETRY_MS = 2000

export function startReconciler(services: Services, everyMs: number, compared: (poolId: string) => void): Reconciler {
  const busy = new Map<string, Promise<void>>()
  const stopping = new AbortController()
  const { signal } = stopping

  /** Until it has succeeded once, or the next beat is due anyway. */
  const persist = async (poolId: string, first: boolean): Promise<void> => {
    const state = await services.store.load(poolId)
    if (state === null || (!first && services.now() - state.upkeep.comparedAt < everyMs * 0.6)) return
    for (let waitMs = RETRY_MS; !signal.aborted; waitMs *= 2) {
      const done = await reconcile(services, poolId).catch((error: unknown) => {
        services.log.warn({ pool: poolId, reason: messageOf(error) }, 'comparing failed')
        return false
      })
      compared(poolId)
      if (done || waitMs >= everyMs) return
      await rest(waitMs, signal)
    }
  }
  const all = async (first: boolean): Promise<void> => {
    for (const poolId of await services.store.list()) {
      if (signal.aborted || busy.has(poolId)) continue
      const work = persist(poolId, first)
        .catch((error: unknown) => services.log.warn({ pool: poolId, reason: messageOf(error) }, 'comparing failed'))
        .finally(() => busy.delete(poolId))
      busy.set(poolId, work)
    }
  }
  const begin = (first: boolean): void => {
    all(first).catch((error: unknown) => services.log.warn({ reason: messageOf(error) }, 'comparing failed'))
  }
  begin(true)
  const beat = setInterval(() => begin(false), everyMs)
  return {
    stop: async () => {
      stopping.abort()
      clearInterval(beat)
      await Promise.all(busy.values())
    },
  }
}

/** Ends early, without an error, when is stopping. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
