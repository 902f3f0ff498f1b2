import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { answer, errorAnswer, type Answer } from './answer.ts'
import { ApiError, createRouter, notFound } from './route.ts'
import { parseBody, type Exchange } from './exchange.ts'
import type { createFaults, EntryFault, Hit } from './faults.ts'
import { metadata } from './metadata.ts'
import { createOAuth } from './oauth.ts'
import { defaultLimits } from './options.ts'
import { createRateLimit, tooMany } from './rate-limit.ts'
import { routes } from './routes.ts'
import { authenticate } from './tokens.ts'
import type { World } from './world.ts'

const LARGEST_BODY = 4 * 1024 * 1024

export interface FakeServer {
  readonly port: number
  stop(): Promise<void>
}

/** The HTTP side of the stand-in: one request at a time through faults, operations and the log. */
export async function startServer(
  world: World,
  faults: ReturnType<typeof createFaults>,
  log: (exchange: Exchange) => void,
): Promise<FakeServer> {
  const router = createRouter(routes)
  const limit = createRateLimit({ ...defaultLimits, ...world.options.limits }, world.now)
  const oauth = createOAuth(world)

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = world.now()
    const text = await readAll(request)
    const origin = `http://${request.headers.host ?? 'localhost'}`
    const url = new URL(request.url ?? '/', origin)
    const method = request.method ?? 'GET'
    const body = readable(text, request.headers['content-type'] ?? '')
    const found = router.find(method, url.pathname)
    const operation = found && 'route' in found ? found.route.operation : null
    const token = authenticate(world, request.headers.authorization)
    const hit = faults.hit({ method, path: url.pathname, operation, step: stepOf(operation, body) })

    const tell = (outcome: Exchange['outcome'], what: Answer | null): void => {
      log({
        at,
        method,
        path: url.pathname,
        query: url.search.slice(1),
        operation,
        requestHeaders: flat(request.headers),
        requestBody: body instanceof SyntaxError ? text : body,
        status: what?.status ?? null,
        responseHeaders: what?.headers ?? {},
        responseBody: what?.body,
        outcome,
        faults: kindsOf(hit),
        token: token?.name ?? null,
      })
    }

    if (hit.entry?.kind === 'slow') await pause(hit.entry.ms)
    if (hit.entry?.kind === 'hang') return tell('hung', null)
    if (hit.entry?.kind === 'reset') {
      tell('reset', null)
      request.socket.destroy()
      return
    }
    if (hit.entry?.kind === 'revokeToken' && token) token.revoked = true
    const early = hit.entry ? refusalOf(hit.entry) : null
    // Looked at again: a fault may just have revoked it.
    const living = authenticate(world, request.headers.authorization)
    const isOAuth = url.pathname.startsWith('/v1/oauth/')
    const document = metadata(world, url.pathname)
    let what: Answer
    if (early) what = errorAnswer(early)
    else if (isOAuth) what = fromOAuth(method, url, request, body)
    else if (document)
      what = { status: document.status, headers: { 'content-type': document.type }, body: document.text }
    else {
      const { searchParams: query } = url
      const incoming = { method, path: url.pathname, query, body, origin, found, token: living }
      what = answer(world, limit, { ...incoming, actionFaults: hit.actions })
    }
    what = framed(what)
    if (hit.answer) {
      tell('lost', what)
      if (hit.answer.by !== 'silence') request.socket.destroy()
      return
    }
    write(response, what)
    tell('answered', what)
  }

  function fromOAuth(method: string, url: URL, request: IncomingMessage, body: unknown): Answer {
    const fields = { ...Object.fromEntries(url.searchParams), ...fieldsOf(body) }
    const reply = oauth({ method, path: url.pathname, authorization: request.headers.authorization, fields })
    const type = typeof reply.body === 'string' ? 'text/html; charset=utf-8' : 'application/json'
    return { status: reply.status, headers: { 'content-type': type, ...reply.headers }, body: reply.body }
  }

  const server = createServer((request, response) => {
    // Broken connections are this server's business; what is left is a fault of the stand-in itself.
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent || request.socket.destroyed) return
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
      write(response, framed(errorAnswer(new ApiError(500, `the stand-in broke: ${message}`))))
    })
  })
  server.listen(world.options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** With the headers it is sent with. */
function framed(what: Answer): Answer {
  const type = what.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }
  return { ...what, headers: { ...type, ...what.headers } }
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, headers).end(text)
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    parts.push(part as Buffer)
    size += (part as Buffer).length
    if (size > LARGEST_BODY) throw new Error('a request body above 4 MB')
  }
  return Buffer.concat(parts).toString('utf8')
}

function readable(text: string, contentType: string): unknown {
  try {
    return parseBody(text, contentType)
  } catch (error) {
    return error
  }
}

/** The scheme of the Authorization header stays, the token does not. */
function flat(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const text = String(value)
      return [name, name === 'authorization' ? text.replace(/\s\S.*$/, ' …') : text]
    }),
  )
}

function fieldsOf(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null || body instanceof Error) return {}
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]))
}

function stepOf(operation: string | null, body: unknown): string | null {
  if (operation === 'droplets_create') return 'create'
  if (operation !== 'dropletActions_post' && operation !== 'dropletActions_post_byTag') return null
  return fieldsOf(body)['type'] ?? null
}

function kindsOf(hit: Hit): string[] {
  return [hit.entry, ...hit.actions, hit.answer].flatMap((fault) => (fault ? [fault.kind] : []))
}

function refusalOf(fault: EntryFault): ApiError | null {
  switch (fault.kind) {
    case 'rateLimited': {
      const seconds = fault.retryAfterSeconds ?? 1
      return tooMany({
        'ratelimit-limit': '5000',
        'ratelimit-remaining': '0',
        'ratelimit-reset': String(Math.ceil(Date.now() / 1000) + seconds),
        'retry-after': String(seconds),
      })
    }
    case 'refuse':
      return new ApiError(fault.status, fault.message)
    case 'notFound':
      return notFound()
    case 'serverError':
      return new ApiError(500, 'Unexpected server-side error')
    case 'unavailable':
      return new ApiError(
        503,
        'Service Unavailable',
        fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) },
      )
    default:
      return null
  }
}
