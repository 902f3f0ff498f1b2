import type { Redis } from 'ioredis'
import type { Chat } from '../chat/chat.ts'
import type { EpisodePage, Live, Trails } from '../core/model/message.ts'
import { destinationOf, type Place } from '../core/model/platforms.ts'
import type { Sample } from '../core/model/sample.ts'
import type { Complaints } from '../notify/delivery/queue.ts'
import { startDelivery } from '../notify/delivery/start.ts'
import { episodePage } from './reports/episode-page.ts'
import { live, poolsSeen, trailOf } from './reports/live.ts'
import { summary } from './reports/summary.ts'
import { startSchedule, type ShowFacts, type WeeklyFacts } from '../notify/schedule.ts'
import { scheduledView } from './visuals/schedule.ts'
import { startOperationWorker, type JobTiming } from './operations/jobs.ts'
import { runOperation } from './operations/run.ts'
import { startReconciler } from './reconcile/start.ts'
import type { Services } from './services.ts'
import { createWaker, startTicker } from './loop/ticker.ts'

/** The running product: it ticks every pool, works off operations and delivers cards. */
export interface Engine {
  /** Somebody there asked for something: its cards go out and pools are ticked at once. */
  asked(place: Place): Promise<void>
  /** Present figures of a team's pools (null: the installation's own), oldest first. */
  live(tenant: string | null): Promise<readonly Live[]>
  /** The load of a team's pools over the last minutes, from the store. */
  past(tenant: string | null): Promise<Trails>
  /** All there is to say of a scale event of a team's pools; null: it is not known any more. */
  page(tenant: string | null, id: string): Promise<EpisodePage | null>
  /** A sample was stored; one that asks for a change has its pool ticked at once. */
  sampled(poolId: string, sample: Sample): void
  stop(): Promise<void>
}

export interface EngineOptions {
  readonly services: Services
  /** A connection of its own for the queue's blocking reads (`maxRetriesPerRequest: null`). */
  readonly queueRedis: Redis
  readonly chats: readonly Chat[]
  /** Called with what could not be delivered. */
  readonly complaints: Complaints
  readonly tickMs: number
  /** Between two comparisons of Redis, the account and the balancer; a minute unless given. */
  readonly reconcileMs?: number
  readonly jobTiming: JobTiming
}

const RECONCILE_MS = 60_000

export function startEngine(options: EngineOptions): Engine {
  const { services } = options
  const delivery = startDelivery({
    outbox: services.outbox,
    chats: options.chats,
    complaints: options.complaints,
    log: services.log,
  })
  const { notices, now, log } = services
  const weekly: WeeklyFacts = {
    notices,
    poolsOf: (tenant) => poolsSeen(services, tenant),
    summarise: (state, fromAt, toAt) => summary(services, state, fromAt, toAt),
  }
  const shows: ShowFacts = {
    notices,
    poolsOf: weekly.poolsOf,
    draw: (state, show, at) => scheduledView(services, state, show, at),
  }
  const schedule = startSchedule({ notices, weekly, shows, now, log, posted: () => delivery.nudge() })
  const ticker = startTicker(services, options.tickMs, () => delivery.nudge())
  const waker = createWaker(services, ticker.nudge)
  const worker = startOperationWorker({
    redis: options.queueRedis,
    timing: options.jobTiming,
    log: services.log,
    run: (poolId, operationId, signal) =>
      runOperation(services, poolId, operationId, { signal, changed: ticker.nudge }),
  })
  const reconciler = startReconciler(services, options.reconcileMs ?? RECONCILE_MS, ticker.nudge)
  return {
    asked: async (place) => {
      delivery.wake(destinationOf(place))
      for (const poolId of await services.store.of(place.tenant)) ticker.nudge(poolId)
    },
    live: async (tenant) => {
      const states = await poolsSeen(services, tenant)
      return Promise.all(states.map((state) => live(services, state, states.length > 1)))
    },
    past: async (tenant) => {
      const states = await poolsSeen(services, tenant)
      return Object.fromEntries(await Promise.all(states.map((state) => trailOf(services, state))))
    },
    page: (tenant, id) => episodePage(services, tenant, id),
    sampled: waker.sampled,
    stop: async () => {
      waker.stop()
      await reconciler.stop()
      await ticker.stop()
      await worker.close()
      await schedule.stop()
      await delivery.stop()
    },
  }
}
