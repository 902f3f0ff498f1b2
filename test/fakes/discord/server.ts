import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Exchanged } from '../openapi/validate.ts'
import { createFaults, type FaultKind } from './faults.ts'
import { InvalidForm } from './messages.ts'
import { createRateLimit, type Pace } from './rate-limit.ts'
import { readRequest, type Read } from './reading.ts'
import { ApiError, type JsonObject } from './records.ts'
import type { Reply, Route } from './routes.ts'

export interface Exchange extends Exchanged {
  readonly at: number
  readonly fault: FaultKind['kind'] | null
}

interface Answer extends Reply {
  readonly headers?: Readonly<Record<string, string>>
}

export interface Rest {
  readonly server: Server
  readonly faults: ReturnType<typeof createFaults>
  readonly exchanges: readonly Exchange[]
  /** Requests that came too fast. */
  refused(): number
  stop(): Promise<void>
}

/** The HTTP side: token, pace and faults before any route. */
export function createRest(options: {
  readonly routes: () => readonly Route[]
  readonly token: string
  readonly pace: Pace
  readonly now: () => number
  /** How far its `Date` header is ahead, ms. */
  readonly clockAheadMs: number
  readonly onExchange: (exchange: Exchange) => void
  readonly violation: (message: string) => void
}): Rest {
  const { now } = options
  const faults = createFaults()
  const limit = createRateLimit(options.pace, now)
  const exchanges: Exchange[] = []
  let resting = 0

  function refusedFor(ms: number, global: boolean): Answer {
    const seconds = Math.max(1, Math.ceil(ms)) / 1000
    return {
      status: 429,
      body: { message: 'You are being rate limited.', retry_after: seconds, global, code: 0 },
      headers: {
        'retry-after': String(seconds),
        'x-ratelimit-scope': global ? 'global' : 'user',
        ...(global ? { 'x-ratelimit-global': 'true' } : {}),
      },
    }
  }

  function broken(fault: FaultKind | null): Answer | null {
    if (fault?.kind === 'rateLimited') {
      if (fault.global) resting = now() + fault.retryAfterMs
      return refusedFor(fault.retryAfterMs, fault.global === true)
    }
    if (fault?.kind === 'serverError') {
      return { status: fault.status ?? 502, body: { message: `${fault.status ?? 502}: Bad Gateway`, code: 0 } }
    }
    if (fault?.kind === 'refused') return { status: fault.status, body: { message: fault.message, code: fault.code } }
    return null
  }

  function served(method: string, path: string, url: URL, read: Read, authorization: string): Answer {
    const route = options.routes().find((one) => one.method === method && one.pattern.test(path))
    if (route === undefined) return { status: 404, body: { message: '404: Not Found', code: 0 } }
    if (route.authorised && authorization !== `Bot ${options.token}`) {
      return { status: 401, body: { message: '401: Unauthorized', code: 0 } }
    }
    const interaction = path.startsWith('/interactions/')
    if (!interaction && resting > now()) return refusedFor(resting - now(), true)
    const params = route.pattern.exec(path)?.slice(1) ?? []
    const taken = interaction
      ? null
      : limit.take(`${method}${route.pattern.source} ${params[0]} ${route.authorised ? '' : params[1]}`)
    if (taken !== null && taken.waitMs !== null) {
      const refusal = refusedFor(taken.waitMs, false)
      return { ...refusal, headers: { ...taken.headers, ...refusal.headers } }
    }
    try {
      return { ...route.run({ params, query: url.searchParams, read }), headers: taken?.headers ?? {} }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error instanceof InvalidForm) options.violation(`${method} ${path}: ${JSON.stringify(error.errors)}`)
      const body: JsonObject = {
        message: error.message,
        code: error.code,
        ...(error.errors === null ? {} : { errors: error.errors }),
      }
      return { status: error.status, body, headers: taken?.headers ?? {} }
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://discord')
    const method = request.method ?? 'GET'
    const path = url.pathname.replace(/^\/api\/v10/, '')
    const fault = faults.hit(method, url.pathname)
    const read = await readRequest(request)
    const before = fault?.kind === 'reset' || fault?.kind === 'hang' || fault?.kind === 'page'
    const answer = before
      ? null
      : (broken(fault) ?? served(method, path, url, read, request.headers.authorization ?? ''))
    const exchange: Exchange = {
      at: now(),
      fault: fault?.kind ?? null,
      method,
      path: url.pathname,
      query: url.searchParams.toString(),
      requestHeaders: headersOf(request),
      requestBody: read.body,
      status: answer?.status ?? null,
      responseHeaders: answer?.body === undefined ? {} : { 'content-type': 'application/json' },
      responseBody: answer?.body,
    }
    exchanges.push(exchange)
    options.onExchange(exchange)
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'page') {
      response.writeHead(fault.status, { 'content-type': fault.type ?? 'text/html' })
      return void response.end('<!DOCTYPE html><title>Attention required: your token may be blocked</title>')
    }
    if (answer === null || fault?.kind === 'loseAnswer') return void request.socket.resetAndDestroy()
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms))
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body)
    response.writeHead(answer.status, {
      ...answer.headers,
      date: new Date(now() + options.clockAheadMs).toUTCString(),
      ...(text === '' ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    })
    response.end(text)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      options.violation(`${request.method} ${request.url}: the stand-in failed: ${String(error)}`)
      request.socket.destroy()
    })
  })
  return {
    server,
    faults,
    exchanges,
    refused: limit.refused,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function headersOf(request: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}
