import { once } from 'node:events'
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseBody, type Exchange } from '../../../src/demo/cloud/api/exchange.ts'

export interface ValidatingProxy {
  /** The proxy's own origin; paths are those of the upstream. */
  readonly origin: string
  stop(): Promise<void>
}

/**
 * Passes everything on to `upstream` (an origin) and tells each exchange to `onExchange`, e.g. a validator's `check`.
 * What breaks or hangs upstream breaks or hangs here.
 */
export async function startValidatingProxy(options: {
  readonly upstream: string
  readonly onExchange: (exchange: Exchange) => void
}): Promise<ValidatingProxy> {
  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.destroy())
  })

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now()
    const sent = await readAll(request)
    const url = new URL(request.url ?? '/', options.upstream)
    const tell = (answer: IncomingMessage | null, text: string): void => {
      options.onExchange({
        at,
        method: request.method ?? 'GET',
        path: url.pathname,
        query: url.search.slice(1),
        operation: null,
        requestHeaders: flat(request.headers),
        requestBody: readable(sent, request.headers['content-type']),
        status: answer?.statusCode ?? null,
        responseHeaders: answer ? flat(answer.headers) : {},
        responseBody: readable(text, answer?.headers['content-type']),
        outcome: answer ? 'answered' : 'reset',
        faults: [],
        token: null,
      })
    }
    // The caller's Host goes along, so that the links in the answers lead through here again.
    const { method, headers } = request
    const upstream = ask(url, { method: method ?? 'GET', headers, agent: false })
    upstream.end(sent)
    response.on('close', () => upstream.destroy())
    try {
      const [answer] = (await once(upstream, 'response')) as [IncomingMessage]
      const text = await readAll(answer)
      tell(answer, text)
      const { 'transfer-encoding': _, connection: __, ...kept } = answer.headers
      response.writeHead(answer.statusCode ?? 502, kept).end(text)
    } catch {
      tell(null, '')
      request.socket.destroy()
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function readAll(stream: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

function readable(text: string, contentType = ''): unknown {
  try {
    return parseBody(text, contentType)
  } catch {
    return text
  }
}

function flat(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
