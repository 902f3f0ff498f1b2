import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { storedName } from '../../src/core/model/sample.ts'
import type { Refusal } from '../core/stats.ts'
import { objectOf } from './post.ts'

const MAX_BODY_BYTES = 64 * 1024

export interface ReportApi {
  /** Where it listens. */
  readonly address: string
  close(): Promise<void>
}

/** Listens for `POST /stats` and `GET /health`; rejects when the address is taken. */
export function openReportApi(
  listen: { readonly host: string; readonly port: number },
  handlers: {
    report(values: Readonly<Record<string, unknown>>): readonly Refusal[]
    health(): Readonly<Record<string, unknown>>
  },
): Promise<ReportApi> {
  const server = createServer((request, response) => {
    answer(request, response, handlers).catch(() => response.destroy())
  })
  server.requestTimeout = 5_000
  server.headersTimeout = 5_000
  server.maxConnections = 64
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen.port, listen.host, () => {
      server.off('error', reject)
      server.on('error', () => {})
      const bound = server.address()
      const port = typeof bound === 'object' && bound !== null ? bound.port : listen.port
      resolve({
        address: `${listen.host}:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeAllConnections()
          }),
      })
    })
  })
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: Parameters<typeof openReportApi>[1],
): Promise<void> {
  const path = (request.url ?? '').split('?')[0]
  if (path === '/health') {
    if (request.method !== 'GET') return refuse(response, 405, 'method', 'use GET', { allow: 'GET' })
    return send(response, 200, handlers.health())
  }
  if (path !== '/stats') return refuse(response, 404, 'notFound', 'there are POST /stats and GET /health')
  if (request.method !== 'POST') return refuse(response, 405, 'method', 'use POST', { allow: 'POST' })
  const text = await bodyOf(request)
  if (text === null) {
    return refuse(response, 413, 'tooLarge', `the body may have ${MAX_BODY_BYTES} bytes`, { connection: 'close' })
  }
  const values = objectOf(text)
  if (Object.keys(values).length === 0) {
    return refuse(
      response,
      400,
      'malformed',
      'send a JSON object of numbers and texts, such as {"queue_depth": 12, "tags": ["redis"]}',
    )
  }
  const refused = handlers.report(values)
  if (refused.length === 0) {
    const names = Object.keys(values)
    const renamed = names.filter((name) => storedName(name) !== name).map((name) => [name, storedName(name)])
    const more = renamed.length === 0 ? {} : { renamed: Object.fromEntries(renamed) }
    return send(response, 202, { accepted: names.length, ...more })
  }
  const [first] = refused
  const message = `nothing was accepted: ${first?.name}: ${first?.why}`
  return send(response, 400, { code: 'badStat', message, refused: refused.slice(0, 10) })
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  // Not destroyed on return: the refusal still has to reach the sender.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    // Without an encoding set, a request streams buffers.
    const bytes = chunk as Buffer
    size += bytes.length
    if (size > MAX_BODY_BYTES) return null
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString()
}

function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  send(response, status, { code, message })
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(body)}\n`)
}
