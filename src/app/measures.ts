import { createSharedRateLimit } from '../store/rate-limit.ts'
import { keys } from '../store/keys.ts'
import type { Services } from '../engine/services.ts'
import { poolsSeen } from '../engine/reports/live.ts'
import type { Measures } from '../web/metrics.ts'
import type { Cloud } from './cloud.ts'
import type { Stores } from './stores.ts'

/** What `/metrics` and `/readyz` say is measured here. */
export function createMeasures(
  { redis, clock, store }: Pick<Stores, 'redis' | 'clock' | 'store'>,
  services: Services,
  { accounts }: Pick<Cloud, 'accounts'>,
): Measures & { readonly newestTickMs: () => Promise<number | null>; readonly sampled: (poolId: string) => void } {
  const samples = new Map<string, number>()
  const ticks = async (): Promise<readonly number[]> =>
    Promise.all((await store.list()).map(async (poolId) => Math.max(0, clock.now() - (await store.lastTickAt(poolId)))))
  return {
    samples,
    sampled: (poolId) => void samples.set(poolId, (samples.get(poolId) ?? 0) + 1),
    now: clock.now,
    pools: (tenant) => poolsSeen(services, tenant),
    outboxDepth: services.outbox.depth,
    callsLeft: async (states) => {
      const used = new Set(states.flatMap(({ pool }) => pool.account ?? []))
      const each = [...used].map(async (account) => {
        // One that is not linked any more has nothing left to use.
        const cloud = await accounts.cloudOf(account).catch(() => null)
        const windows = cloud?.entry.limits ?? []
        const limiter = createSharedRateLimit(redis, {
          key: keys.requests(account),
          windows,
          now: () => clock.now() - clock.steps(),
        })
        const left = await limiter.left()
        return windows.map(({ ms }, index) => ({ account, windowSeconds: ms / 1000, left: left[index] ?? 0 }))
      })
      return (await Promise.all(each)).flat()
    },
    newestTickMs: async () => oneOf(await ticks(), Math.min),
    oldestTickMs: async () => oneOf(await ticks(), Math.max),
  }
}

function oneOf(ages: readonly number[], pick: (...ages: readonly number[]) => number): number | null {
  return ages.length === 0 ? null : pick(...ages)
}
