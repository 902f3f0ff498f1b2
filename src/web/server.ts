import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import type { Logger } from 'pino'
import type { ConsoleChat } from '../chat/console/chat.ts'
import { isTrustedProxy, type TrustedProxies } from '../core/model/address.ts'
import { SpinupError, type ErrorCode } from '../core/model/error.ts'
import { pageOf } from '../core/pool/episodes.ts'
import type { ConsolePage, EpisodePage, Live, Trails } from '../core/model/message.ts'
import type { ConsolePeople } from '../store/console-people.ts'
import { createAssets, type Assets } from './assets.ts'
import { addAuditExport, addConsoleApi, createActors, type AuditExport } from './console-api.ts'
import { addAssets, addConsolePages, askToSignIn, isPage, type ChartImages } from './console-pages.ts'
import { createEvents } from './events.ts'
import type { Front } from './front.ts'
import { hostNames, refuseForeign, refuseForwarded, signInOf } from './guard.ts'
import { addLogin, CONTENT_SECURITY_POLICY, type PageExtension } from './page.ts'
import { addInstall, type InstallOptions } from './install/routes.ts'
import { addConnect, type ConnectOptions } from './connect/routes.ts'
import { addPeople } from './people.ts'
import { createAttempts, createSessions, type SignIn } from './session.ts'
import { addVisualsApi, type VisualsService } from './visuals-api.ts'
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
  /** The team's visualisations: their editor, and what programs do with them. */
  readonly visuals?: VisualsService
  /** Adds the agents' routes; they check their own keys, so the console's guard does not apply to them. */
  readonly ingest?: (app: FastifyInstance) => void
  /** The page where accounts are linked; it has its own one-time links, so the console's password does not apply. */
  readonly connect?: Omit<ConnectOptions, 'log'>
  /** Where SDKs read their platform's requests themselves. */
  readonly chatRoutes?: { register(app: FastifyInstance): void }
  /** What this run shows beside the console; null: nothing. */
  readonly extension?: PageExtension | null
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
    ...(proxies === null
      ? {}
      : { trustProxy: (address: string, index: number) => isTrustedProxy(proxies, address, index) }),
  })
  const events = await createEvents({
    console,
    live: options.live,
    past: options.past ?? (async () => ({})),
    idleMs: 5000,
    liveMs: options.liveMs ?? 1000,
    pingMs: 5000,
    log,
  })
  app.addHook('onClose', () => events.close())
  if (proxies === null) app.addHook('onRequest', createProxyHint(log))
  app.setErrorHandler(sendError)
  app.setNotFoundHandler((request, reply) =>
    sendError(new SpinupError('notFound', `There is nothing at ${request.url.split('?', 1)[0]}.`), request, reply),
  )
  app.get('/health', () => ({ ok: true }))
  if (options.ingest !== undefined) {
    const { ingest } = options
    await app.register(async (scope) => ingest(scope))
  }

  options.chatRoutes?.register(app)
  if (options.install !== undefined) {
    const { install } = options
    await app.register(async (scope) => addInstall(scope, { ...install, log }))
  }
  if (options.connect !== undefined) {
    const { connect, publicUrl } = options
    await app.register(async (scope) => {
      scope.addHook('onRequest', async (_request, reply) => void reply.headers(PAGE_HEADERS))
      addConnect(scope, { ...connect, assets, publicUrl, names: hostNames(host, publicUrl, true), log })
    })
  }

  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers(PAGE_HEADERS)
      const path = request.url.split('?', 1)[0]
      if (sessions === null) refuseForwarded(request)
      refuseForeign(request, names, FORMS.has(path ?? ''))
    })
    addAssets(scope, assets)
    if (sessions !== null) addLogin(scope, { sessions, people, attempts, publicUrl: options.publicUrl })
    await scope.register(async (inner) => {
      if (sessions !== null) {
        inner.addHook('onRequest', async (request, reply) => {
          const who = await signInOf(request, sessions, attempts, Date.now())
          if (who !== null) return void signIns.set(request, who)
          if (isPage(request.url)) return askToSignIn(request, reply)
          const message = 'Sign in first: the console is protected by a password.'
          return reply.code(401).send({ code: 'unauthorised', message })
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
      const actorOf = createActors(people, (request) => signIns.get(request) ?? null)
      addConsoleApi(inner, console, events, { now: options.now ?? Date.now, actorOf })
      if (options.visuals !== undefined) {
        const { visuals } = options
        addVisualsPage(inner, { assets })
        addVisualsApi(inner, { visuals, askerOf: async (request) => console.asker(await actorOf(request)) })
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

/** What every page answers with. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // With no-referrer, browsers would send our own forms with the origin null.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  badInput: 400,
  unauthorised: 403,
  notFound: 404,
  conflict: 409,
  limited: 429,
  unavailable: 503,
  timeout: 504,
  storeFailed: 503,
  providerRefused: 503,
}

/** Every failure as `{code, message}`; what was not foreseen is logged and reported without its inside. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof SpinupError) {
    return reply.code(STATUS[error.code] ?? 500).send({ code: error.code, message: error.message })
  }
  const { statusCode, message } = error as { readonly statusCode?: number; readonly message?: string }
  if (statusCode !== undefined && statusCode < 500) {
    return reply.code(statusCode).send({ code: 'badInput', message: message ?? 'That request could not be read.' })
  }
  request.log.error({ err: error }, 'request failed')
  return reply
    .code(500)
    .send({ code: 'unavailable', message: 'Something went wrong here; the log of the bot says what.' })
}
