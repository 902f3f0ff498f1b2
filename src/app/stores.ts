import { createHmac } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { createLocalRenderer } from '../charts/local-renderer.ts'
import { createQuickChartRenderer, withFallback } from '../charts/quickchart.ts'
import type { ChartPictures } from '../chat/chat.ts'
import type { Visuals } from '../core/visual/drawing.ts'
import type { Config } from '../config/read-config.ts'
import { VERSION } from '../places.ts'
import { deriveKey, obtainSecret, proofOf, type Purpose } from '../secret.ts'
import { openStorage } from '../storage.ts'
import { createApiTokens, type ApiTokens } from '../store/api-tokens.ts'
import { createAuditLog, type AuditLog } from '../store/audit.ts'
import { createChartStore, type ChartStore } from '../store/chart-store.ts'
import { startClock, type Clock } from '../store/clock.ts'
import { createConsolePeople, type ConsolePeople } from '../store/console-people.ts'
import { createConnectSessions, type ConnectSessions } from '../store/connect-sessions.ts'
import { createArrivals, type Arrivals } from '../store/arrivals.ts'
import { createIdentities, type Identities } from '../store/identities.ts'
import { createPoolStore, type PoolStore } from '../store/pool-store.ts'
import { openState } from '../store/state-version.ts'
import { createSeriesStore, type SeriesStore } from '../store/series/series-store.ts'
import { createTextStore, type TextStore } from '../store/text-store.ts'
import { createVault, type Vault } from '../store/vault.ts'
import { createVisuals } from '../visuals/visuals.ts'
import type { Closing } from './closing.ts'

/** What is kept, and the time it is kept by. */
export interface Stores {
  readonly redis: Redis
  /** For the queue: never gives up on a command. */
  readonly queueRedis: Redis
  /** The key of one purpose, 64 hex digits. */
  readonly keyFor: (purpose: Purpose) => string
  /** Makes a clone's key again from its operation, should the bot die before it was handed over. */
  readonly memberKey: (operationId: string) => string
  readonly people: ConsolePeople
  readonly clock: Clock
  readonly store: PoolStore
  readonly series: SeriesStore
  readonly texts: TextStore
  readonly charts: ChartStore
  readonly visuals: Visuals
  readonly pictures: ChartPictures
  /** Those of the installation's own team's pools alone: the console's. */
  readonly ownPictures: ChartPictures
  readonly identities: Identities
  readonly arrivals: Arrivals
  readonly tokens: ApiTokens
  readonly auditLog: AuditLog
  readonly vault: Vault
  readonly sessions: ConnectSessions
  /** What every bot of this installation, and nobody else, answers to a nonce. */
  readonly prove: (nonce: string) => string
}

export async function openStores(config: Config, log: Logger, closing: Closing): Promise<Stores> {
  const storage = await openStorage(config, log)
  closing.add(storage.close)
  const { redis } = storage
  for (const { to, what } of await openState(redis, VERSION)) log.info({ version: to, what }, 'state brought forward')
  const secret = await obtainSecret(config.secret, config.dataDir)
  const clock = await startClock({ redis, log })
  closing.add(clock.stop)
  const store = createPoolStore(redis, clock)
  const charts = createChartStore(redis)
  const visuals = createVisuals()
  closing.add(visuals.close)
  return {
    redis,
    queueRedis: storage.queue,
    keyFor: (purpose) => deriveKey(secret, purpose),
    memberKey: (operationId) => createHmac('sha256', secret).update(`member ${operationId}`).digest('base64url'),
    people: createConsolePeople(redis),
    clock,
    store,
    series: createSeriesStore(redis, { now: clock.now }),
    texts: createTextStore(redis),
    charts,
    visuals,
    ...draw(charts, visuals, config, log, closing),
    identities: createIdentities(redis),
    arrivals: createArrivals(redis),
    tokens: createApiTokens(redis),
    auditLog: createAuditLog(redis, { now: clock.now, log }),
    vault: createVault(redis, secret),
    sessions: createConnectSessions(redis),
    prove: (nonce) => proofOf(deriveKey(secret, 'public address'), nonce),
  }
}

function draw(
  charts: ChartStore,
  visuals: Visuals,
  { quickchartUrl }: Config,
  log: Logger,
  closing: Closing,
): Pick<Stores, 'pictures' | 'ownPictures'> {
  const drawnHere = createLocalRenderer()
  const renderer =
    quickchartUrl === null ? drawnHere : withFallback(createQuickChartRenderer({ url: quickchartUrl }), drawnHere, log)
  closing.add(() => renderer.close())
  const drawn = (load: ChartStore['loadAny']): ChartPictures => ({
    png: async (id, theme) => {
      const spec = await load(id)
      if (spec === null) return null
      return 'kind' in spec ? visuals.png(spec, theme) : renderer.render(spec, { theme })
    },
  })
  return { pictures: drawn(charts.loadAny), ownPictures: drawn((id) => charts.loadFor(null, id)) }
}
