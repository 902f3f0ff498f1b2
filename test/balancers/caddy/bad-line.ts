import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What is lost of a change: the call before it arrives, or the answer after it was carried out. */
export type Loss = 'call' | 'answer'

/** A line to Caddy's admin API that loses the next changes, first to last. */
export interface BadLine {
  readonly url: string
  losses: Loss[]
  /** Leaves the ETag out, as a proxy does that knows no trailers. */
  untagged: boolean
  close(): Promise<void>
}

export async function startBadLine(admin: string): Promise<BadLine> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await text(incoming)
      const loss = incoming.method === 'PATCH' ? line.losses.shift() : undefined
      if (loss === 'call') return incoming.socket.resetAndDestroy()
      const { method } = incoming
      const headers = { ...incoming.headers, host: new URL(admin).host }
      const call = request(`${admin}${incoming.url}`, { method: method!, headers, agent: false })
      call.end(body)
      const [answer] = (await once(call, 'response')) as [IncomingMessage]
      const told = await text(answer)
      if (loss === 'answer') return incoming.socket.resetAndDestroy()
      const etag = answer.headers.etag ?? answer.trailers['etag']
      outgoing.writeHead(answer.statusCode!, etag === undefined || line.untagged ? {} : { etag }).end(told)
    })().catch(() => incoming.socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const line: BadLine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    losses: [],
    untagged: false,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return line
}
