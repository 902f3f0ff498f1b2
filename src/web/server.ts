import { fastify, LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { ConsoleChat } from '../chat/console/chat.ts'
import { SpinupError } from '../core/model/error.ts'
import type { ErrorCode } from '../core/model/error.ts'
import type { Live } from '../core/model/live.ts'
import { listAssets } from './assets.ts'
import { addAuditExport, type AuditExport } from './audit-export.ts'
import { addConsoleApi } from './console-api.ts'
import { addAssets, addConsolePages } from './console-pages.ts'
import type { ChartImages } from './console-pages.ts'
import { createEvents } from './events.ts'
import { hostNames, isLoopback, isSignedIn, refuseForeign } from './guard.ts'
import { addLogin } from './login.ts'
import { CONTENT_SECURITY_POLICY } from './page.ts'
import { addInstall, type InstallOptions } from './install/routes.ts'
import { addConnect, type ConnectOptions } from './connect/routes.ts'
import { createAttempts, createSessions } from './session.ts'

export interface WebServerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly console: ConsoleChat
  /** The pool for the live strip; null: not connected yet. Asked about once a second while a page is open. */
  readonly live: () => Promise<Live | null>
  readonly charts: ChartImages
  /** Who did what, as a file; behind the console's password. */
  readonly audit?: AuditExport
  /** Adds the agents' routes; they check their own keys, so the console's guard does not apply to them. */
  readonly ingest?: (app: FastifyInstance) => void
  /** The page where accounts are linked; it has its own one-time links, so the console's password does not apply. */
  readonly connect?: Omit<ConnectOptions, 'log'>
  /** Where SDKs read their platform's requests themselves. */
  readonly doors?: { register(app: FastifyInstance): void }
  /** Serves the agent's install line. */
  readonly install?: Omit<InstallOptions, 'log'>
  /** Protects the console; without one it only listens on loopback. */
  readonly password?: string
  /** The address people use when it differs from the bound one, e.g. behind a proxy. */
  readonly publicUrl?: string
  readonly liveMs?: number
  /** By which ages are told in words, epoch ms; this machine's clock unless given. */
  readonly now?: () => number
  readonly log: Logger
}

export interface WebServer {
  /** Base URL, without a trailing slash. */
  readonly url: string
  readonly app: FastifyInstance
  /** Ends open event streams too. */
  close(): Promise<void>
}

/** Serves the console, its API and the agents' routes; throws `configuration` when it may not or cannot listen. */
export async function createWebServer(options: WebServerOptions): Promise<WebServer> {
  const { host, port, console, log } = options
  const password = options.password === '' ? undefined : options.password
  if (password === undefined && !isLoopback(host)) {
    throw new SpinupError(
      'configuration',
      `SPINUP_HOST is ${host}, which other machines can reach, and the console has no password: set SPINUP_CONSOLE_PASSWORD, or SPINUP_HOST=127.0.0.1.`,
    )
  }
  const assets = await listAssets()
  const sessions = password === undefined ? null : await createSessions(password)
  const attempts = createAttempts({ perAddress: 5, overall: 50, windowMs: 60_000 })
  const names = hostNames(host, options.publicUrl, sessions !== null)
  const app: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  })
  const events = await createEvents({
    console,
    live: options.live,
    liveMs: options.liveMs ?? 1000,
    pingMs: 5000,
    log,
  })
  app.addHook('onClose', () => events.close())
  app.setErrorHandler(sendError)
  app.setNotFoundHandler((request, reply) =>
    sendError(new SpinupError('notFound', `There is nothing at ${request.url.split('?', 1)[0]}.`), request, reply),
  )
  app.get('/health', () => ({ ok: true }))
  if (options.ingest !== undefined) {
    const { ingest } = options
    await app.register(async (scope) => ingest(scope))
  }

  options.doors?.register(app)
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
      refuseForeign(request, names, path === '/login' || path === '/logout')
    })
    addAssets(scope, assets)
    if (sessions !== null) addLogin(scope, { assets, sessions, attempts, publicUrl: options.publicUrl })
    await scope.register(async (inner) => {
      if (sessions !== null) {
        inner.addHook('onRequest', async (request, reply) => {
          if (isSignedIn(request, sessions, attempts, Date.now())) return
          if (request.url === '/') return reply.redirect('/login', 303)
          const message = 'Sign in first: the console is protected by a password.'
          return reply.code(401).send({ code: 'unauthorised', message })
        })
      }
      addConsolePages(inner, assets, options.charts, sessions !== null)
      addConsoleApi(inner, console, events, options.now ?? Date.now)
      if (options.audit !== undefined) addAuditExport(inner, options.audit)
    })
  })

  try {
    await app.listen({ host, port })
  } catch (cause) {
    await app.close()
    throw listenError(cause, host, port)
  }
  const address = app.addresses()[0]
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return { url: `http://${shown}:${typeof address === 'object' ? address.port : port}`, app, close: () => app.close() }
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

/** Every failure as `{code, message}`; what was not foreseen is logged and told without its inside. */
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

function listenError(cause: unknown, host: string, port: number): unknown {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is taken by another program: set SPINUP_PORT to a free one (for example ${port + 1}), or stop that program.`
    return new SpinupError('configuration', message, { cause })
  }
  if (code === 'EACCES') {
    const message = `Port ${port} needs special rights: set SPINUP_PORT to one above 1023, for example 8080.`
    return new SpinupError('configuration', message, { cause })
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    const message = `SPINUP_HOST is ${host}, which is no address of this machine: set it to 127.0.0.1 or one it has.`
    return new SpinupError('configuration', message, { cause })
  }
  return cause
}
