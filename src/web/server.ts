import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { ConsoleChat } from '../chat/console/chat.ts'
import { isTrustedProxy, type TrustedProxies } from '../core/model/address.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Actor } from '../core/model/pool.ts'
import { pageOf } from '../core/pool/episodes.ts'
import type { ConsolePage, EpisodePage, Live, Trails } from '../core/model/message.ts'
import type { ConsolePeople } from '../store/console-people.ts'
import { createAssets, type Assets } from './assets.ts'
import { CONSOLE_CHANNEL } from '../chat/console/chat.ts'
import type { ApiTokens } from '../store/api-tokens.ts'
import { createApiGuard, Unknown } from './api/guard.ts'
import { addApi, type ApiOptions } from './api/routes.ts'
import { addAuditExport, addConsoleApi, consoleActor, type AuditExport } from './console-api.ts'
import { addAssets, addConsolePages, askToSignIn, isPage, type ChartImages } from './console-pages.ts'
import { addDocs } from './docs.ts'
import { createEvents } from './events.ts'
import { sendError } from './failures.ts'
import type { Front } from './front.ts'
import { addHealth, type HealthOptions } from './health.ts'
import { hostNames, refuseForeign, refuseForwarded, signInOf } from './guard.ts'
import { addLogin, PAGE_HEADERS, type PageExtension } from './page.ts'
import { addInstall, type InstallOptions } from './install/routes.ts'
import { addConnect, type ConnectOptions } from './connect/routes.ts'
import { addPeople } from './people.ts'
import { addTokenPage, type TokenPageOptions } from './token-page.ts'
import { createAttempts, createSessions, type SignIn } from './session.ts'
import { addStatsPages } from './stats-pages.ts'
import { addVisualsPage } from './visuals-page.ts'

export interface PageOptions {
  readonly host: string
  readonly console: ConsoleChat
  /** The pools for the live strip. Asked about once a second while a page is open. */
  readonly live: () => Promise<readonly Live[]>
  /** What their load was in the last minutes, for sparklines of a page that nobody watched before. */
  readonly past?: () => Promise<Trails>
  /** All there is to say of a scale event; null: it is not known any more. */
  readonly episode?: (id: string) => Promise<EpisodePage | null>
  readonly charts: ChartImages
  /** The pages' scripts and styles, where they are bundled already. */
  readonly assets?: Assets
  /** Who did what, as a file; behind the console's password. */
  readonly audit?: AuditExport
  /** Adds the agents' routes; they check their own keys, so the console's guard does not apply to them. */
  readonly ingest?: (app: FastifyInstance) => void
  /** The page where accounts are linked; it has its own one-time links, so the console's password does not apply. */
  readonly connect?: Omit<ConnectOptions, 'log'>
  /** Where SDKs read their platform's requests themselves. */
  readonly chatRoutes?: { register(app: FastifyInstance): void }
  /** What this run shows beside the console; null: nothing. */
  readonly extension?: PageExtension | null
  /** What programs do by their tokens, and the pages of statistics and visualisations by it; absent: there are none. */
  readonly api?: Omit<ApiOptions, 'guard'> & { readonly tokens: ApiTokens; readonly page: TokenPageOptions }
  /** Whether the bot works, and its figures. */
  readonly health?: HealthOptions
  /** Serves the agent's install line. */
  readonly install?: Omit<InstallOptions, 'log'>
  /** Protects the console; without one it only listens on loopback. */
  readonly password?: string
  /** Who may sign in beside the one who has the password. */
  readonly people: ConsolePeople
  /** Signs what only this installation may sign. */
  readonly secret: string
  /** The address people use when it differs from the bound one, e.g. behind a proxy. */
  readonly publicUrl?: string
  /** Whose word is taken for where a request came from; nobody's unless given. */
  readonly trustedProxies?: TrustedProxies | null
  readonly liveMs?: number
  /** By which ages are put in words, epoch ms; this machine's clock unless given. */
  readonly now?: () => number
  readonly log: Logger
}

/** Serves the console, its API and the agents' routes at the front. Closing it ends open event streams, too. */
export async function servePages(front: Front, options: PageOptions): Promise<FastifyInstance> {
  const { host, console, people, log } = options
  const signIns = new WeakMap<FastifyRequest, SignIn>()
  const password = options.password === '' ? undefined : options.password
  const { assets = createAssets() } = options
  const sessions = password === undefined ? null : await createSessions(password, options)
  const attempts = createAttempts(password ?? '')
  const proxies = options.trustedProxies ?? null
  const names = hostNames(host, options.publicUrl, sessions !== null)
  const app: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    serverFactory: () => front.server,
    // An address that is none, such as /docs/%.
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
    // The front does, which knows what is being answered on that connection.
    clientErrorHandler: () => undefined,
    ...(proxies === null
      ? {}
      : { trustProxy: (address: string, index: number) => isTrustedProxy(proxies, address, index) }),
  })
  const events = await createEvents({
    console,
    live: options.live,
    past: options.past ?? (async () => ({})),
    samples: async () => options.api?.service.stats.samples(null) ?? [],
    idleMs: 5000,
    liveMs: options.liveMs ?? 1000,
    pingMs: 5000,
    log,
  })
  app.addHook('onClose', () => events.close())
  if (proxies === null) app.addHook('onRequest', createProxyHint(log))
  app.setErrorHandler(sendError)
  const methodsAt = listRoutes(app)
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = methodsAt(path)
    if (methods.length === 0)
      return sendError(new SpinupError('notFound', `There is nothing at ${path}.`), request, reply)
    const message = `${path} takes ${methods.join(' or ')}, not ${request.method}.`
    return sendError({ statusCode: 405, message }, request, reply.header('allow', methods.join(', ')))
  })
  if (options.ingest !== undefined) {
    const { ingest } = options
    await app.register(async (scope) => ingest(scope))
  }

  options.chatRoutes?.register(app)
  if (options.install !== undefined) {
    const { install } = options
    await app.register(async (scope) => addInstall(scope, { ...install, log }))
  }
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => void reply.headers(PAGE_HEADERS))
    addDocs(scope, { log })
  })
  if (options.connect !== undefined) {
    const { connect, publicUrl } = options
    await app.register(async (scope) => {
      scope.addHook('onRequest', async (_request, reply) => void reply.headers(PAGE_HEADERS))
      addConnect(scope, { ...connect, assets, publicUrl, names: hostNames(host, publicUrl, true), log })
    })
  }

  const atConsole = (request: FastifyRequest): void => {
    if (sessions === null) refuseForwarded(request)
    refuseForeign(request, names, FORMS.has(request.url.split('?', 1)[0] ?? ''))
  }
  const signIn = async (request: FastifyRequest): Promise<SignIn | null> => {
    const who = sessions === null ? null : await signInOf(request, sessions, attempts, Date.now())
    if (who !== null) signIns.set(request, who)
    return who
  }
  const actorOf = (request: FastifyRequest, given?: string): Promise<Actor> =>
    consoleActor(request, given, signIns.get(request) ?? null, people)
  const guard = createApiGuard({
    tokens: options.api?.tokens ?? null,
    now: options.now ?? Date.now,
    atConsole: async (request) => {
      atConsole(request)
      if (sessions !== null && (await signIn(request)) === null) return null
      const place = { platform: 'console', channel: CONSOLE_CHANNEL, tenant: null }
      return { actor: await actorOf(request), place, roles: sessions === null ? [] : ['console'] }
    },
  })
  if (options.health === undefined) app.get('/health', () => ({ ok: true }))
  else addHealth(app, { ...options.health, guard })
  if (options.api !== undefined) {
    const { api, publicUrl } = options
    await app.register(async (scope) => {
      scope.addHook('onRequest', async (_request, reply) => void reply.headers(PAGE_HEADERS))
      await scope.register(async (inner) => {
        inner.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
        addApi(inner, { ...api, guard })
      })
      await scope.register(async (inner) =>
        addTokenPage(inner, {
          ...api.page,
          names: hostNames(host, publicUrl, true),
          // At the console a link stands where all of them see it.
          isAsker: async (request, { asker }) => {
            if (asker.place.platform !== 'console' || sessions === null) return true
            return (await signIn(request)) !== null && (await actorOf(request)).id === asker.actor.id
          },
        }),
      )
    })
  }

  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers(PAGE_HEADERS)
      atConsole(request)
    })
    addAssets(scope, assets)
    if (sessions !== null) addLogin(scope, { sessions, people, attempts, publicUrl: options.publicUrl })
    await scope.register(async (inner) => {
      if (sessions !== null) {
        inner.addHook('onRequest', async (request, reply) => {
          if ((await signIn(request)) !== null) return
          if (isPage(request.url)) return askToSignIn(request, reply)
          throw new Unknown('Sign in first: the console is protected by a password.')
        })
      }
      addConsolePages(inner, {
        assets,
        charts: options.charts,
        locked: sessions !== null,
        first: () => events.first(),
        extension: options.extension ?? null,
        episode: async (id) => {
          const before = await console.after(0)
          const known = (await options.episode?.(id)) ?? shownBefore(before, id)
          return known === null ? null : { ...known, place: { epoch: before.epoch, cursor: before.cursor } }
        },
      })
      options.extension?.register(inner)
      addConsoleApi(inner, console, events, { now: options.now ?? Date.now, actorOf })
      if (options.api !== undefined) {
        const { stats: reports } = options.api.service
        addStatsPages(inner, { reports, assets, actorOf, place: createPlace(console) })
        addVisualsPage(inner, { assets })
      }
      if (sessions !== null)
        addPeople(inner, {
          people,
          publicUrl: options.publicUrl ?? front.url,
          signInOf: (request) => signIns.get(request) ?? null,
        })
      if (options.audit !== undefined) addAuditExport(inner, options.audit)
    })
  })

  await app.ready()
  front.open((request, response) => app.routing(request, response))
  return app
}

/** Tells which methods an address takes, of the routes that are added from now on. */
function listRoutes(app: FastifyInstance): (path: string) => readonly string[] {
  const routes: { readonly url: string; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => void routes.push({ url, methods: [method].flat() }))
  return (path) => [...new Set(routes.flatMap(({ url, methods }) => (fits(url, path) ? methods : [])))]
}

/** Whether a path is one of a route such as `/api/pools/:pool` or `/docs/*`. */
function fits(url: string, path: string): boolean {
  const [wanted, given] = [url.split('/'), path.split('/')]
  if (wanted.at(-1) !== '*' && wanted.length !== given.length) return false
  return wanted.every((part, index) => part === '*' || part === given[index] || part.startsWith(':'))
}

/** Says once that requests come through a proxy whose word is not taken: all of its visitors are one address to us. */
function createProxyHint(log: Logger): (request: FastifyRequest) => Promise<void> {
  let said = false
  return async ({ headers, ip }) => {
    if (said || headers['x-forwarded-for'] === undefined) return
    said = true
    const hint = `requests come through a proxy at ${ip}; if it is yours, set SPINUP_TRUST_PROXY=${ip}, or its visitors share one address`
    log.warn(hint)
  }
}

/** How far the channel is; only what is new is read to know it. */
function createPlace(console: ConsoleChat): () => Promise<{ readonly epoch: string; readonly cursor: number }> {
  let known: { readonly epoch: string; readonly cursor: number } | null = null
  return async () => {
    const { epoch, cursor } = await console.after(known?.cursor ?? 0, known?.epoch ?? null)
    known = { epoch, cursor }
    return known
  }
}

/** Where pages send plain forms. */
const FORMS: ReadonlySet<string> = new Set(['/login', '/logout', '/join'])

/** The card of that page as the channel still has it, where no more is known. */
function shownBefore({ messages }: ConsolePage, id: string): EpisodePage | null {
  for (const message of messages) {
    if (message.kind !== 'card' || pageOf(message.card.id) !== id) continue
    return { cardId: message.card.id, at: message.at, view: message.card.view, decision: null, timeline: [] }
  }
  return null
}
