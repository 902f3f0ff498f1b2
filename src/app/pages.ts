import { join } from 'node:path'
import type { Logger } from 'pino'
import { createConnectService } from '../accounts/connect-service.ts'
import { secretsInUse } from '../accounts/upkeep.ts'
import type { ConsoleChat } from '../chat/console/chat.ts'
import type { Config } from '../config/read-config.ts'
import { DEFAULT_POLICY } from '../core/model/policy.ts'
import type { CommandService } from '../commands/dispatch/handlers.ts'
import { askedOf } from '../commands/dispatch/perform.ts'
import type { Engine } from '../engine/engine.ts'
import { lookAtAddress } from '../engine/doctor/checks/address.ts'
import { probe } from '../engine/operations/probe.ts'
import { connectPicked, relinkPool } from '../engine/connect/linked.ts'
import { policyMark, poolsSeen } from '../engine/reports/live.ts'
import type { Services } from '../engine/services.ts'
import { registerIngest } from '../ingest/ingest.ts'
import { createFirstAnswers } from '../store/first-answers.ts'
import { exportLines } from '../store/audit-export.ts'
import type { ConnectService } from '../web/connect/service.ts'
import { createAssets } from '../web/assets.ts'
import type { createChatRoutes } from '../web/chat-routes.ts'
import type { Front } from '../web/front.ts'
import type { PageExtension } from '../web/page.ts'
import { createMetrics } from '../web/metrics.ts'
import { servePages } from '../web/server.ts'
import type { TokenPageOptions } from '../web/token-page.ts'
import type { Closing } from './closing.ts'
import { createStatsReports } from './stats-reports.ts'
import type { Cloud } from './cloud.ts'
import { createMeasures } from './measures.ts'
import type { Stores } from './stores.ts'
import { createVisualsService } from './visuals.ts'

/** Answers on the bot's port: the console, the connect page, install lines, agents and the chats' own doors. */
export async function openPages(
  config: Config,
  at: {
    readonly front: Front
    readonly stores: Stores
    readonly cloud: Cloud
    readonly services: Services
    readonly engine: Engine
    readonly commands: Pick<CommandService, 'perform'>
    readonly consoleChat: ConsoleChat
    readonly chatRoutes: ReturnType<typeof createChatRoutes>
    readonly extension: PageExtension | null
    readonly log: Logger
    readonly closing: Closing
  },
): Promise<void> {
  const { stores, services, engine, log } = at
  const { store, identities, series, texts, sessions, clock } = stores
  const assets = createAssets()
  const measures = createMeasures(stores, services, at.cloud)
  // By the time somebody opens a page it is there, and nothing here waits for it.
  assets.warm().catch((error: unknown) => log.error({ err: error }, 'the console’s page could not be put together'))
  const app = await servePages(at.front, {
    host: config.host,
    trustedProxies: config.trustedProxies,
    console: at.consoleChat,
    live: () => engine.live(null),
    past: () => engine.past(null),
    episode: (id) => engine.page(null, id),
    assets,
    now: clock.now,
    charts: stores.ownPictures,
    audit: { lines: (pool) => exportLines(stores.auditLog, pool, null) },
    chatRoutes: at.chatRoutes,
    extension: at.extension,
    ingest: (scope) =>
      registerIngest(scope, {
        samples: series,
        identities,
        signedStats: async (poolId) => (await store.load(poolId))?.pool.policy.signed ?? [],
        now: clock.now,
        elapsed: services.elapsed,
        onSample: (poolId, sample) => {
          measures.sampled(poolId)
          engine.sampled(poolId, sample)
        },
        countTexts: texts.add,
        onEnrolled: (member, at) => stores.arrivals.note(member, 'enrolled', at),
        ...(config.publicUrl === null ? {} : { url: config.publicUrl }),
        log,
      }),
    install: {
      isOpen: identities.isOpen,
      dropletOf: async (key) => {
        const named = identities.memberOf(key)
        const state = named === null ? null : await store.load(named.poolId)
        const member = state?.members.find(({ id }) => id === named?.memberId)
        return member?.dropletId ?? null
      },
      onFetched: async (key) => {
        const member = identities.memberOf(key)
        if (member !== null) await stores.arrivals.note(member, 'fetched', clock.now())
      },
      onTrouble: async (key, words) => {
        const member = identities.memberOf(key)
        if (member !== null) await stores.arrivals.complain(member, words, clock.now())
      },
      url: () => services.publicUrl,
      folder: join(config.dataDir, 'install'),
    },
    people: stores.people,
    secret: stores.keyFor('console sessions'),
    health: { newestTickMs: measures.newestTickMs, metrics: createMetrics(measures), prove: stores.prove },
    api: {
      tokens: stores.tokens,
      answers: createFirstAnswers(stores.redis),
      url: services.publicUrl,
      service: {
        platforms: services.platforms,
        pools: (tenant) => poolsSeen(services, tenant),
        perform: (request, asker, pool) => at.commands.perform(request, asker, { pool, action: '' }),
        mark: policyMark,
        stats: createStatsReports(services),
        visuals: createVisualsService(services, engine.asked),
      },
      page: tokenPage(services),
    },
    connect: { sessions, service: connectService(stores, at.cloud, services, log) },
    ...(config.consolePassword === null ? {} : { password: config.consolePassword }),
    ...(config.publicUrl === null ? {} : { publicUrl: config.publicUrl }),
    log,
  })
  at.closing.add(() => app.close())
}

function tokenPage({ tokens, audit, now }: Services): TokenPageOptions {
  return {
    peek: tokens.peek,
    open: async (link) => {
      const ordered = await tokens.redeem(link)
      if (ordered === null) return null
      const { order, asker } = ordered
      const detail = { kind: 'token', name: order.name, can: order.can, pools: order.pools }
      const asked = {
        action: 'token',
        line: `token ${order.name} made and seen`,
        vote: null,
        beside: () => true,
        detail,
      }
      return (await audit.request(asked, asker, async () => ({ token: await tokens.make(order, now()) }))).token
    },
  }
}

function connectService(
  { store, vault, prove }: Stores,
  cloud: Cloud,
  services: Services,
  log: Logger,
): ConnectService {
  const { clouds, accounts, access, adapters, signal } = cloud
  return createConnectService({
    clouds,
    accounts,
    access,
    vault,
    balancers: adapters.balancers,
    now: services.now,
    log,
    signal,
    mostMembers: DEFAULT_POLICY.max,
    reach: ({ publicIp, privateIp }) =>
      lookAtAddress(
        { url: services.publicUrl, prove },
        { addresses: [publicIp, privateIp].flatMap((ip) => ip ?? []), here: clouds.areHere },
        0,
        signal,
      ),
    probe,
    inUse: async (id) => (await secretsInUse(store)).has(id),
    connect: (choice, droplet, asker) => {
      const request = askedOf({ kind: 'connect', choice: null })
      const asked = { ...request, line: `connect ${droplet.name}`, detail: { kind: 'connect', droplet: droplet.name } }
      return services.audit.request(asked, asker, () => connectPicked(services, choice, droplet, asker))
    },
    relink: async (poolId, account) =>
      relinkPool(services, poolId, account, (await accounts.cloudOf(account)).entry.name),
  })
}
