import { messageOf } from '../../core/model/error.ts'
import type { Services } from '../services.ts'
import { tickPool } from './tick.ts'

export interface Ticker {
  nudge(poolId: string): void
  stop(): Promise<void>
}

/** Several nudges close together make one tick. */
const NUDGE_MS = 15

/** Ticks every pool each `everyMs`, and a nudged one at once; a pool is never ticked twice at the same time here. */
export function startTicker(services: Services, everyMs: number, ticked: () => void): Ticker {
  const busy = new Map<string, Promise<void>>()
  const due = new Set<string>()
  const timers = new Set<NodeJS.Timeout>()
  let stopped = false
  let troubled = false

  const once = async (poolId: string, nudged: boolean): Promise<void> => {
    await (nudged ? tickPool(services, poolId, 2000) : tickPool(services, poolId, 0, everyMs * 0.6))
    ticked()
  }
  const run = (poolId: string, nudged: boolean): void => {
    if (stopped) return
    if (busy.has(poolId)) {
      if (nudged) due.add(poolId)
      return
    }
    const work = once(poolId, nudged)
      .then(
        () => {
          if (troubled) services.log.info('ticking again')
          troubled = false
        },
        (error: unknown) => {
          if (!troubled) services.log.error({ pool: poolId, reason: messageOf(error) }, 'tick failed; will keep trying')
          troubled = true
        },
      )
      .finally(() => {
        busy.delete(poolId)
        if (due.delete(poolId)) run(poolId, true)
      })
    busy.set(poolId, work)
  }
  const all = async (): Promise<void> => {
    try {
      for (const poolId of await services.store.list()) run(poolId, false)
    } catch (error) {
      if (!troubled) services.log.error({ reason: messageOf(error) }, 'the store is unreachable; will keep trying')
      troubled = true
    }
  }
  const beat = setInterval(() => void all(), everyMs)
  return {
    nudge: (poolId) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        run(poolId, true)
      }, NUDGE_MS)
      timers.add(timer)
    },
    stop: async () => {
      stopped = true
      clearInterval(beat)
      timers.forEach((timer) => clearTimeout(timer))
      await Promise.all(busy.values())
    },
  }
}
