import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What an endpoint was asked, its signature checked as docs/balancers.md says. */
export interface Asked {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly fields: Readonly<Record<string, string>>
}

export interface Endpoint {
  readonly url: string
  readonly asked: readonly Asked[]
  close(): Promise<void>
}

/** Somebody's balancer control: refuses what is not signed with `secret`, else answers as `answer` says. */
export async function startEndpoint(
  secret: string,
  answer: (asked: Asked) => Promise<{ status: number; body?: unknown; headers?: Record<string, string> }>,
): Promise<Endpoint> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const work = async () => {
      const body = await text(request)
      const signed = String(request.headers['spinup-signature'])
      const at = String(request.headers['spinup-timestamp'])
      const wanted = `v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`
      const genuine = signed.length === wanted.length && timingSafeEqual(Buffer.from(signed), Buffer.from(wanted))
      if (!genuine || Math.abs(Date.now() / 1000 - Number(at)) > 300) {
        response.writeHead(401).end('not signed')
        return
      }
      const json = request.headers['content-type'] === 'application/json'
      const fields = json
        ? (JSON.parse(body) as Record<string, string>)
        : Object.fromEntries(new URLSearchParams(body).entries())
      const one = { headers: request.headers, body, fields }
      asked.push(one)
      const reply = await answer(one)
      response.writeHead(reply.status, reply.headers)
      response.end(reply.body === undefined ? '' : JSON.stringify(reply.body))
    }
    work().catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=in-the-url`,
    asked,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
