import type { Sample } from '../../core/model/sample.ts'
import { asksOtherwise } from '../../core/pool/observation.ts'
import type { Services } from '../services.ts'

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
