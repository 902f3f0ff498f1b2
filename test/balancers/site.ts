import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A member as a web framework would serve it: its requests finish before it closes, nothing more is done for them. */
export interface Site {
  readonly url: string
  readonly inFlight: () => number
  readonly served: () => number
  /** Closes at once; requests in flight are cut, as when a droplet is deleted. */
  destroy(): Promise<void>
}

/** Answers `/health`, `/slow` after a second, and every other path after a few milliseconds. */
export async function startSite(): Promise<Site> {
  let [inFlight, served] = [0, 0]
  const server = createServer((request, response) => {
    if (request.url === '/health') {
      response.end('ok')
      return
    }
    inFlight += 1
    response.on('close', () => (inFlight -= 1))
    const ms = request.url === '/slow' ? 1000 : 2 + Math.random() * 10
    setTimeout(() => response.end(`${++served} served`), ms)
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inFlight: () => inFlight,
    served: () => served,
    async destroy() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
