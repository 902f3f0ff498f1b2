import { messageOf } from '../../core/model/error.ts'
import type { Services } from '../services.ts'
import { tickPool } from './tick.ts'
import type { Sample } from '../../core/model/sample.ts'
import { asksOtherwise } from '../../core/pool/observation.ts'

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

/** Wakes a pool's tick for a sample that asks for something other than was judged at the last look. */
export interface Waker {
  /** A sample was stored. */
  sampled(poolId: string, sample: Sample): void
  stop(): void
}

/** Samples are weighed together, so often: a pool is woken no more often either. */
const EVERY_MS = 250
/** A look this old was made by a bot that no longer ticks the pool; the one that does will see the sample. */
const OLD_MS = 5000

interface Waiting {
  /** The newest of each member since the last weighing. */
  readonly samples: Map<string, Sample>
  readonly timer: NodeJS.Timeout
}

export function createWaker(
  services: Pick<Services, 'store' | 'looks' | 'calendar' | 'now' | 'elapsed'>,
  wake: (poolId: string) => void,
): Waker {
  const waiting = new Map<string, Waiting>()
  const weighedAt = new Map<string, number>()
  const weigh = (poolId: string): void => {
    const samples = waiting.get(poolId)?.samples ?? new Map<string, Sample>()
    waiting.delete(poolId)
    weighedAt.set(poolId, services.elapsed())
    if (matters(services, poolId, samples)) wake(poolId)
  }
  return {
    sampled: (poolId, sample) => {
      let found = waiting.get(poolId)
      if (found === undefined) {
        const restMs = (weighedAt.get(poolId) ?? -EVERY_MS) + EVERY_MS - services.elapsed()
        found = { samples: new Map(), timer: setTimeout(weigh, Math.max(0, restMs), poolId) }
        waiting.set(poolId, found)
      }
      const before = found.samples.get(sample.memberId)
      if (before === undefined || before.at <= sample.at) found.samples.set(sample.memberId, sample)
    },
    stop: () => {
      for (const { timer } of waiting.values()) clearTimeout(timer)
      waiting.clear()
    },
  }
}

/** Whether the judgement with these samples is to act, and otherwise than it was at the last look. */
function matters(
  { store, looks, calendar, now: clock }: Parameters<typeof createWaker>[0],
  poolId: string,
  samples: ReadonlyMap<string, Sample>,
): boolean {
  const [look, now] = [looks.get(poolId), clock()]
  const { pool, onboarding } = store.last(poolId) ?? {}
  if (pool?.phase === 'connecting') {
    return onboarding?.step === 'agent' && [...samples.values()].some(({ at }) => at >= onboarding.startedAt)
  }
  if (look === undefined || Math.abs(now - look.judgement.at) > OLD_MS) return false
  return asksOtherwise(look, samples, calendar.open(look.state.pool.policy.calendar, now), now)
}
