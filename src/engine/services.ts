import type { Logger } from 'pino'
import type { Balancer } from '../balancers/balancer.ts'
import type { Timing } from '../core/operation/timing.ts'
import type { Provider } from '../providers/provider.ts'
import type { TeamSettings } from '../store/subscriptions.ts'
import type { ChartStore } from '../store/chart-store.ts'
import type { ApiTokens } from '../store/api-tokens.ts'
import type { Arrivals } from '../store/arrivals.ts'
import type { TextStore } from '../store/text-store.ts'
import type { VisualStore } from '../store/visual-store.ts'
import type { Outbox } from '../store/outbox.ts'
import type { PoolStore } from '../store/pool-store.ts'
import type { AgentAbout, ClockTrouble } from '../core/model/agent-about.ts'
import type { BalancerReading } from '../core/model/backend.ts'
import type { View } from '../core/model/view.ts'
import type { PoolState } from '../core/pool/state.ts'
import type { Asker, Platforms } from '../core/model/platforms.ts'
import type { Pool } from '../core/model/pool.ts'
import type { Reach } from '../core/model/reach.ts'
import type { Figures } from '../core/model/figures.ts'
import type { Stretch } from '../core/model/history.ts'
import type { BootRecord } from '../store/boots.ts'
import type { AuditLog } from '../store/audit.ts'
import type { Audit } from './audit/audit.ts'
import type { Calendar } from './loop/calendar.ts'
import type { Latest, Look } from '../core/pool/observation.ts'
import type { Visuals } from '../core/visual/drawing.ts'
import type { Notices } from '../notify/notices.ts'
import type { Replayer } from './reports/replayer.ts'

/** Samples and their roll-ups, for charts and `/spinup stats`; `src/store/series` in the product. */
export interface SeriesReader {
  latest(poolId: string, memberIds: readonly string[]): Promise<Latest>
  range(
    poolId: string,
    memberId: string | null,
    stat: string,
    fromAt: number,
    toAt: number,
    maxPoints: number,
  ): Promise<{
    readonly at: readonly number[]
    readonly value: readonly (number | null)[]
    /** Lowest and highest of what each value is the mean of; NaN where there is none. */
    readonly min: readonly number[]
    readonly max: readonly number[]
  }>
  /** The same of several stats, in their order; `stepMs`: how wide a bucket is, 0 where points are samples. */
  ranges(
    poolId: string,
    memberId: string | null,
    stats: readonly string[],
    fromAt: number,
    toAt: number,
    maxPoints: number,
  ): Promise<readonly (Awaited<ReturnType<SeriesReader['range']>> & { readonly stepMs: number })[]>
  figures(poolId: string, memberId: string | null, stat: string, fromAt: number, toAt: number): Promise<Figures | null>
  together(poolId: string, stat: string, fromAt: number, toAt: number): Promise<readonly Stretch[]>
  statNames(poolId: string): Promise<readonly string[]>
}

/** Who may report for a pool. */
export interface IdentityIssuer {
  /** `random`: 32 characters a-z, A-Z, 0-9, _ or -, which make the key; the same ones make the same key again. */
  issue(poolId: string, memberId: string, random: string): Promise<string>
  revoke(poolId: string, memberId: string): Promise<void>
  createEnrolment(order: {
    readonly poolId: string
    readonly memberId: string
    readonly ttlMs: number
  }): Promise<string>
}

/** The agents on the droplets. */
export interface Agents {
  /** Of the agent that this bot hands out. */
  readonly version: string
  /** What each member's agent said of itself last; one that never reported is missing. */
  readonly about: (poolId: string, memberIds: readonly string[]) => Promise<ReadonlyMap<string, AgentAbout>>
}

/** Looks at everything Spinup depends on, and says what to do about each fault. */
export interface Doctor {
  /** Begins a check-up for someone, shown on a card of its own that fills in; resolves once the card is put. */
  begin(services: Services, asker: Asker): Promise<void>
  /** Its button was pressed. */
  press(services: Services, id: string, asker: Asker): Promise<readonly View[]>
  /** Ends what is under way. */
  stop(): Promise<void>
}

/** Looks at balancers, of which a remote one may be slow: nobody waits for it long, and it is not asked all the time. */
export interface BalancerWatch {
  /** For how long this bot has been able to see, without a break; ms. */
  clearForMs(): number
  /** The newest reading of the pool's balancer; also tells it the loads it weighs by. Throws `storeFailed`. */
  look(services: Services, state: PoolState): Promise<BalancerReading>
  /** Requests a second that this bot saw in the last minutes, oldest first. */
  traffic(state: PoolState): readonly (readonly [at: number, rps: number])[]
}

/** Starts durable work; adding an operation that is already queued or running changes nothing. */
export interface OperationQueue {
  add(poolId: string, operationId: string): Promise<void>
}

/** Everything the engine works with, wired in `src/app`. */
export interface Services {
  readonly store: PoolStore
  readonly team: TeamSettings
  readonly series: SeriesReader
  readonly outbox: Outbox
  readonly texts: TextStore
  readonly charts: ChartStore
  readonly visuals: Visuals
  readonly ownVisuals: VisualStore
  readonly identities: IdentityIssuer
  readonly agents: Agents
  /** What was seen of droplets before their agents reported. */
  readonly arrivals: Pick<Arrivals, 'read'>
  /** What programs may do, by their tokens. */
  readonly tokens: ApiTokens
  readonly queue: OperationQueue
  /** As this pool uses it; throws `SpinupError` `notFound` for one that this bot does not have. */
  readonly provider: (pool: Pool) => Provider
  readonly balancer: (pool: Pool) => Balancer
  /** What a pool has for itself at its balancer; null: it is not known how to reach it. */
  readonly front: (pool: Pool) => string | null
  /**
   * The random part of the key of the member an operation makes. Always the same for one operation: when the answer to
   * a create was lost, the droplet made by it knows this key.
   */
  readonly memberKey: (operationId: string) => string
  readonly notices: Notices
  /** What each chat platform calls itself and people. */
  readonly platforms: Platforms
  /** Who did what: `audit` keeps it, `auditLog` is where it is read. */
  readonly audit: Audit
  readonly auditLog: AuditLog
  readonly doctor: Doctor
  /** The bot's own base URL, as agents reach it. */
  readonly publicUrl: string
  /** What that address says of itself: whether droplets reach it, without asking anyone. */
  readonly reach: () => Reach
  /** Where people open the console, without a trailing slash; null or absent: on its own machine alone. */
  readonly consoleUrl?: string | null
  /** The shell line a person runs on the droplet to put the agent there. */
  readonly installLine: (enrolmentKey: string) => string
  /** The one that takes it off again. */
  readonly uninstallLine: string
  /** The address of a one-time link to the page where an account is linked; `poolId`: of this pool, once more. */
  readonly createLink: (order: { readonly asker: Asker; readonly poolId: string | null }) => Promise<string>
  /** Gives up what a pool had of its account, and forgets its secrets; what a person still has to do, or null. */
  readonly forgetSecrets: (pool: Pool) => Promise<string | null>
  /** How patient operations on a pool are. */
  readonly timing: (pool: Pool) => Timing
  readonly calendar: Calendar
  readonly balancerWatch: BalancerWatch
  readonly replayer: Replayer
  /** How each pool was judged last by this process; see `loop/memory.ts`. */
  readonly looks: Map<string, Look>
  readonly boots: BootRecord
  readonly now: () => number
  /** A clock that nobody sets, ms; for how long something took within this process. */
  readonly elapsed: () => number
  /** What is the matter with the bots' and Redis's clocks. */
  readonly clockTrouble: () => ClockTrouble
  readonly newId: () => string
  readonly log: Logger
}
