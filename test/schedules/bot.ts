import type { Redis } from 'ioredis'
import { createTeamSettings } from '../../src/store/subscriptions.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { DEFAULT_TIMING } from '../../src/core/operation/timing.ts'
import { createAudit } from '../../src/engine/audit/audit.ts'
import { createCalendar } from '../../src/engine/loop/calendar.ts'
import { createDoctor } from '../../src/engine/doctor/doctor.ts'
import { openNotices } from '../../src/notify/complaints.ts'
import { createPlatforms } from '../../src/core/model/platforms.ts'
import { CHATS } from '../../src/registry/registry.ts'
import type { Services } from '../../src/engine/services.ts'
import { createBalancerWatch } from '../../src/engine/loop/balancer-watch.ts'
import { createDigitalOceanProvider } from '../../src/providers/digitalocean/digitalocean.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { createMemoryLimiter } from '../../src/accounts/credential.ts'
import { createAuditLog } from '../../src/store/audit.ts'
import { createBootRecord } from '../../src/store/boots.ts'
import { createTextStore } from '../../src/store/text-store.ts'
import { createVisualStore } from '../../src/store/visual-store.ts'
import { createVisuals } from '../../src/visuals/visuals.ts'
import { createChartStore } from '../../src/store/chart-store.ts'
import { createCheckUps } from '../../src/store/check-ups.ts'
import { createApiTokens } from '../../src/store/api-tokens.ts'
import { createArrivals } from '../../src/store/arrivals.ts'
import { createIdentities } from '../../src/store/identities.ts'
import { createOutbox } from '../../src/store/outbox.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import type { SeriesStore } from '../../src/store/series/series-store.ts'
import type { Responder } from '../engine/yard.ts'
import { quiet } from '../redis.ts'
import { createOrders, type Orders } from './orders.ts'

/** A bot in this process that may be stopped in its tracks: whatever it wants from outside has to pass its gate. */
export interface Bot {
  readonly services: Services
  readonly awake: () => boolean
  readonly dead: () => boolean
  /** Resolves when it is stopped, at once where it is: what it has in hand goes no further. */
  stopped(): Promise<void>
  readonly orders: Orders
  sleep(): void
  wake(): void
  /** For good: nothing it had in hand is done any more. */
  kill(): void
  /** Sleeps, or is killed, when it has been outside `times` more, in the middle of whatever it is doing then. */
  later(what: 'sleep' | 'kill', times: number): void
  readonly signal: AbortSignal
}

export interface BotOptions {
  readonly redis: Redis
  readonly series: SeriesStore
  readonly door: Responder
  readonly apiUrl: string
  readonly token: string
  readonly port: number
  readonly now: () => number
  /** By how much that clock was set in all, ms. */
  readonly steps: () => number
  /** A clock that nobody sets, ms. */
  readonly elapsed: () => number
  readonly newId: () => string
}

const NO_LIMIT = [{ limit: 1_000_000, ms: 60_000 }]

export function createBot(options: BotOptions): Bot {
  const { redis, series, door } = options
  const stopping = new AbortController()
  let gate: { readonly opened: Promise<void>; readonly open: () => void } | null = null
  let dead = false
  let halt = Promise.withResolvers<void>()
  const orders = createOrders()
  let due: { readonly what: 'sleep' | 'kill'; times: number } | null = null
  const pass = async (): Promise<void> => {
    if (due !== null && due.times-- <= 0) {
      const { what } = due
      due = null
      bot[what]()
    }
    if (gate !== null) await gate.opened
    if (dead) throw new SpinupError('storeFailed', 'This bot was killed.')
  }
  /** The same, as far as the gate is open before it begins and after it has ended. */
  const gated = <T extends object>(thing: T): T =>
    new Proxy(thing, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver)
        if (typeof value !== 'function') return value
        return async (...given: unknown[]): Promise<unknown> => {
          await pass()
          const result: unknown = await Reflect.apply(value, target, given)
          await pass()
          // A lease goes on asking outside.
          return typeof result === 'object' && result !== null && 'renew' in result ? gated(result) : result
        }
      },
    })

  const { now } = options
  const store = createPoolStore(redis, { now, steps: options.steps })
  const outbox = createOutbox(redis)
  const auditLog = createAuditLog(redis, { now })
  const provider = createDigitalOceanProvider({
    token: async () => {
      await pass()
      return options.token
    },
    apiUrl: options.apiUrl,
    settings: { address: { network: 'public', port: options.port } },
    limiter: createMemoryLimiter(NO_LIMIT, now),
    log: quiet,
    now,
    timing: { deadlineMs: 60, attempts: 2, retryMs: 1, longestWaitMs: 4 },
    power: { pollMs: 1, shutdownMs: 20, powerMs: 20 },
    lookMs: [1, 1],
    signal: stopping.signal,
  })
  const watched: Provider = {
    ...provider,
    create(request, permit) {
      const order = orders.begin(request.operationTag)
      const asking: typeof permit = () => {
        order.asks()
        return permit()
      }
      return provider.create(request, asking).finally(() => order.end())
    },
  }
  const balancer = gated(door)
  const bot: Bot = {
    awake: () => gate === null && !dead,
    dead: () => dead,
    stopped: () => halt.promise,
    orders,
    later: (what, times) => void (due = { what, times }),
    sleep() {
      if (gate !== null || dead) return
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = { opened: promise, open: resolve }
      halt.resolve()
    },
    wake() {
      due = null
      gate?.open()
      if (gate === null || dead) return
      gate = null
      halt = Promise.withResolvers<void>()
      orders.woke()
    },
    kill() {
      dead = true
      orders.killed()
      halt.resolve()
      stopping.abort()
      gate?.open()
      gate = null
    },
    signal: stopping.signal,
    services: {
      // What it read last it knows, whoever holds it up.
      store: { ...gated(store), last: store.last },
      team: createTeamSettings(redis),
      series: gated(series),
      outbox,
      audit: createAudit({ log: auditLog, now, logger: quiet }),
      auditLog,
      doctor: createDoctor({ checkUps: createCheckUps(redis), checks: () => [], log: quiet }),
      notices: gated(openNotices({ redis, outbox, always: [], now, log: quiet }).notices),
      charts: createChartStore(redis),
      texts: createTextStore(redis),
      visuals: createVisuals(),
      ownVisuals: createVisualStore(redis),
      identities: gated(createIdentities(redis)),
      tokens: gated(createApiTokens(redis)),
      agents: { version: '1.2.0', about: async () => new Map() },
      arrivals: createArrivals(redis),
      queue: { add: async () => undefined },
      provider: () => watched,
      balancer: () => balancer,
      front: () => null,
      memberKey: (operationId) => operationId.padEnd(32, 'k'),
      publicUrl: 'http://bot',
      reach: () => ({ kind: 'open', state: 'ok', detail: 'http://bot', fix: null }),
      createLink: async () => '',
      forgetSecrets: async () => null,
      uninstallLine: '',
      installLine: () => '',
      timing: () => ({ ...DEFAULT_TIMING, pollMs: 1, retryMs: 1, longestRetryMs: 2 }),
      calendar: createCalendar(),
      balancerWatch: createBalancerWatch({ uptime: { forMs: () => Infinity } }),
      replayer: { replay: () => Promise.reject(new Error('not asked for here')), close: async () => undefined },
      looks: new Map(),
      boots: createBootRecord(redis),
      now,
      elapsed: options.elapsed,
      clockTrouble: () => ({ off: [], set: null }),
      platforms: createPlatforms(CHATS),
      newId: options.newId,
      log: quiet,
    },
  }
  return bot
}
