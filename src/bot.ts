import { createCalendar } from './engine/calendar.ts'
import { createSights } from './engine/sights.ts'
import { createHmac, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createAccounts } from './accounts/accounts.ts'
import { createConnectDesk } from './accounts/desk.ts'
import { createEdges } from './accounts/edges.ts'
import { secretsInUse, startTending } from './accounts/tend.ts'
import { startAdapters, type Adapters } from './adapters.ts'
import { createLocalRenderer } from './charts/local-renderer.ts'
import { createQuickChartRenderer } from './charts/quickchart.ts'
import { withFallback } from './charts/quickchart-fallback.ts'
import type { ChartPictures } from './chat/chat.ts'
import { createHandlers } from './chat/commands/dispatch.ts'
import { CONSOLE_CHANNEL, createConsoleChat } from './chat/console/chat.ts'
import { openChats, startChats } from './chats.ts'
import type { Config } from './config/config.ts'
import { messageOf } from './core/model/error.ts'
import { DEFAULT_POLICY } from './core/model/policy.ts'
import { createDesk } from './desk.ts'
import { probe } from './engine/operations/probe.ts'
import { connectPicked, relinkPool } from './engine/picked.ts'
import { openDoctor } from './doctor/open.ts'
import { createAudit } from './engine/audit.ts'
import { startEngine, type Engine } from './engine/engine.ts'
import { summary } from './engine/commands/summary.ts'
import { openNotices } from './engine/notices/open.ts'
import { createOperationQueue } from './engine/operations/jobs.ts'
import type { Services } from './engine/services.ts'
import { createReplayer } from './engine/whatif/replayer.ts'
import { registerIngest } from './ingest/ingest.ts'
import { createOAuth } from './providers/digitalocean/oauth.ts'
import { CHATS } from './registry/registry.ts'
import { obtainSecret } from './secret.ts'
import { openStorage } from './storage.ts'
import { createBootRecord } from './store/boots.ts'
import { createAuditLog } from './store/audit.ts'
import { exportLines } from './store/audit-export.ts'
import { createChartStore } from './store/chart-store.ts'
import { startClock } from './store/clock.ts'
import { createConnectSessions } from './store/connect-sessions.ts'
import { createConsoleLog } from './store/console-log.ts'
import { createIdentities } from './store/identities.ts'
import { createOutbox } from './store/outbox.ts'
import { createPoolStore } from './store/pool-store.ts'
import { createSeriesStore } from './store/series/series-store.ts'
import { createVault } from './store/vault.ts'
import type { ConnectDesk } from './web/connect/desk.ts'
import { createDoors } from './web/doors.ts'
import { agentVersion } from './web/install/bundle.ts'
import { createWebServer } from './web/server.ts'

/** A running bot. */
export interface Bot {
  /** Where the console is. */
  readonly url: string
  /** Where visitors reach the built-in balancer. */
  readonly balancerUrl: string | null
  /** Ends this bot alone: droplets live on and the balancer goes on serving, to be taken over by the next start. */
  stop(): Promise<void>
}

const TICK_MS = 1000

/** Wires everything together. Throws `SpinupError` with a message that says what to do; nothing is left running then. */
export async function startBot(config: Config, log: Logger): Promise<Bot> {
  const closing: (() => Promise<void> | void)[] = []
  const close = async (): Promise<void> => {
    for (const step of closing.toReversed()) {
      try {
        await step()
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'while stopping')
      }
    }
  }
  try {
    const storage = await openStorage(config, log)
    closing.push(storage.close)
    const { redis } = storage
    const secret = await obtainSecret(config.secret, config.dataDir)
    const identities = createIdentities(redis)
    const clock = await startClock({ redis, log })
    closing.push(clock.stop)
    const store = createPoolStore(redis, clock)
    const series = createSeriesStore(redis, { now: clock.now })
    const charts = createChartStore(redis)
    const consoleChat = createConsoleChat({
      log: createConsoleLog(redis),
      logger: log,
      protected: config.consolePassword !== null,
    })
    const drawnHere = createLocalRenderer()
    const renderer =
      config.quickchartUrl === null
        ? drawnHere
        : withFallback(createQuickChartRenderer({ url: config.quickchartUrl }), drawnHere, log)
    const pictures: ChartPictures = {
      png: async (id, theme) => {
        const spec = await charts.load(id)
        return spec === null ? null : renderer.render(spec, { theme })
      },
    }
    const doors = createDoors(CHATS.map(({ name }) => name))
    closing.push(() => renderer.close())

    let engine: Engine | null = null
    let connectDesk: ConnectDesk | null = null
    let publicUrl = config.publicUrl
    const sessions = createConnectSessions(redis)
    const auditLog = createAuditLog(redis, { now: clock.now, log })
    const web = await createWebServer({
      host: config.host,
      port: config.port,
      console: consoleChat,
      live: async () => engine?.live() ?? null,
      now: clock.now,
      charts: pictures,
      audit: { lines: (pool) => exportLines(auditLog, pool) },
      doors,
      ingest: (app) =>
        registerIngest(app, {
          samples: series,
          identities,
          signedStats: async (poolId) => (await store.load(poolId))?.pool.policy.signed ?? [],
          now: clock.now,
          elapsed: () => performance.now(),
          log,
        }),
      install: {
        isOpen: identities.isOpen,
        dropletOf: async (key) => {
          const named = identities.memberOf(key)
          const state = named === null ? null : await store.load(named.poolId)
          const member = state?.members.find(({ id }) => id === named?.memberId)
          // No metadata service tells a local one its id.
          return state?.pool.provider === 'local' ? null : (member?.dropletId ?? null)
        },
        url: () => publicUrl,
        folder: join(config.dataDir, 'install'),
      },
      connect: { sessions, desk: () => connectDesk },
      ...(config.consolePassword === null ? {} : { password: config.consolePassword }),
      ...(config.publicUrl === null ? {} : { publicUrl: config.publicUrl }),
      log,
    })
    closing.push(() => web.close())

    publicUrl ??= web.url
    const vault = createVault(redis, secret)
    const { clientId, clientSecret, oauthUrl, apiUrl, token } = config.digitalocean
    const redirectUri = `${publicUrl}/connect/callback`
    const oauth =
      clientId === null ? null : createOAuth({ clientId, clientSecret, oauthUrl, redirectUri, now: clock.now })
    const accounts = createAccounts({ vault, redis, environmentToken: token, oauth, now: clock.now, log })
    const stopping = new AbortController()
    closing.push(() => stopping.abort())
    const edges = createEdges({ accounts, redis, apiUrl, now: clock.now, log, signal: stopping.signal })
    const adapters = await startAdapters({ config, secret, redis, vault, edges, store, clock, log })
    closing.push(adapters.release)
    const queue = createOperationQueue(storage.queue)
    closing.push(() => queue.close())
    const replayer = createReplayer()
    closing.push(replayer.close)
    const outbox = createOutbox(redis)
    const always = [`console:${CONSOLE_CHANNEL}`]
    const { notices, complaints } = openNotices({ redis, outbox, always, now: clock.now, log })
    const doctor = openDoctor({ config, redis, edges, publicUrl, chats: () => chats, clock, log })
    closing.push(doctor.stop)
    const services: Services = {
      ...adapted(adapters),
      store,
      outbox,
      series,
      charts,
      identities,
      agents: { version: await agentVersion(), about: identities.ledger.about },
      memberKey: (operationId) => createHmac('sha256', secret).update(`member ${operationId}`).digest('base64url'),
      queue,
      audit: createAudit({ log: auditLog, now: clock.now, logger: log }),
      auditLog,
      doctor,
      notices,
      publicUrl,
      createLink: async (order) => `${publicUrl}/connect?link=${await sessions.createLink(order)}`,
      forgetSecrets: async ({ account, balancerSettings }) => {
        if (balancerSettings?.kind === 'webhook') await vault.forget(balancerSettings.entry)
        return account === null ? null : accounts.forget(account)
      },
      installLine: ({ provider }, name, key) =>
        provider === 'local'
          ? `npm run install-agent -- ${name} ${key}`
          : `curl -fsSL '${publicUrl}/install.sh?key=${key}' | sudo sh`,
      uninstallLine: ({ provider }) =>
        provider === 'local' ? null : `curl -fsSL '${publicUrl}/install.sh' | sudo sh -s -- --uninstall`,
      calendar: createCalendar(),
      sights: createSights(),
      replayer,
      loads: new Map(),
      boots: createBootRecord(redis),
      now: clock.now,
      elapsed: () => performance.now(),
      clockTrouble: clock.trouble,
      newId: () => randomBytes(8).toString('hex'),
      log,
    }
    connectDesk = createConnectDesk({
      accounts,
      edges,
      vault,
      oauth,
      environmentToken: token,
      apiUrl,
      oauthUrl,
      now: clock.now,
      log,
      signal: stopping.signal,
      balancers: adapters.balancers,
      defaults: { haproxy: config.haproxy, caddy: config.caddy, webhook: config.webhook },
      mostMembers: DEFAULT_POLICY.max,
      publicUrl,
      probe,
      inUse: async (id) => (await secretsInUse(store)).has(id),
      connect: (choice, droplet, asker) => {
        const request = { kind: 'connect', choice: { kind: 'droplet', name: droplet.name } } as const
        return services.audit.request(request, asker, () => connectPicked(services, choice, droplet, asker))
      },
      relink: (poolId, account) => relinkPool(services, poolId, account),
    })
    closing.push(startTending({ accounts, store, log }))
    const chats = await openChats(config, {
      redis,
      charts: pictures,
      vault,
      doors,
      publicUrl: publicUrl ?? web.url,
      now: clock.now,
      log,
    })
    engine = startEngine({
      services,
      queueRedis: storage.queue,
      chats: [consoleChat, ...chats],
      complaints,
      summarise: summary,
      tickMs: TICK_MS,
      reconcileMs: config.reconcileMs,
      jobTiming: { lockMs: config.takeoverMs, stalledEveryMs: Math.max(500, config.takeoverMs / 2) },
    })
    closing.push(engine.stop)
    const handlers = createHandlers(createDesk(services, engine))
    await consoleChat.start(handlers)
    closing.push(() => consoleChat.stop())
    closing.push(startChats(chats, handlers, log).stop)

    const { balancerUrl } = adapters
    log.info({ console: web.url, balancer: balancerUrl }, 'Spinup is up')
    return { url: web.url, balancerUrl, stop: close }
  } catch (error) {
    await close()
    throw error
  }
}

type Adapted = Pick<Services, 'provider' | 'balancer' | 'listedProviders' | 'balancerNames' | 'installAgent' | 'timing'>

/** The adapters as the engine sees them. */
function adapted(adapters: Adapters): Adapted {
  const { provider, balancer, listedProviders, installAgent, timing } = adapters
  return {
    provider,
    balancer,
    listedProviders,
    balancerNames: adapters.balancers.filter(({ inChat }) => inChat),
    installAgent,
    timing,
  }
}
