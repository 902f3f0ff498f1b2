import { messageOf } from '../../core/model/error.ts'
import type { Services } from '../services.ts'
import { reconcile } from './reconcile.ts'

/** Compares every pool at the start and each `everyMs`; of several bots on one Redis, one does. */
export interface Reconciler {
  stop(): Promise<void>
}

export function startReconciler(services: Services, everyMs: number, compared: (poolId: string) => void): Reconciler {
  const busy = new Map<string, Promise<void>>()
  let stopped = false

  const once = async (poolId: string, first: boolean): Promise<void> => {
    const state = await services.store.load(poolId)
    if (state === null || (!first && services.now() - state.upkeep.comparedAt < everyMs * 0.6)) return
    await reconcile(services, poolId)
    compared(poolId)
  }
  const all = async (first: boolean): Promise<void> => {
    for (const poolId of await services.store.list()) {
      if (stopped || busy.has(poolId)) continue
      const work = once(poolId, first)
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
      stopped = true
      clearInterval(beat)
      await Promise.all(busy.values())
    },
  }
}
