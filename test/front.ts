import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The plainest balancer there is. */
export interface Front {
  readonly url: string
  /** Requests that the member of that URL has not answered yet. */
  inFlight(url: string): number
  stop(): Promise<void>
}

/**
 * Hands each request to the next of `members`, base URLs that are asked for anew each time. It checks nobody and tries
 * nothing twice: a member that is named too early or gone too soon costs a visitor a 502 or a torn answer.
 */
export async function startFront(members: () => readonly string[]): Promise<Front> {
  const flying = new Map<string, number>()
  let turn = 0
  const server = createServer((incoming, outgoing) => {
    const all = members()
    const member = all[turn++ % all.length]
    if (member === undefined) return void outgoing.writeHead(503).end('nobody is there')
    const count = (by: 1 | -1): void => void flying.set(member, (flying.get(member) ?? 0) + by)
    count(1)
    outgoing.on('close', () => count(-1))
    const { method = 'GET', url = '/', headers } = incoming
    const onward = request(new URL(url, member), { method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    })
    onward.on('error', (error) => {
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(502).end(error.message)
    })
    incoming.pipe(onward)
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inFlight: (url) => flying.get(url) ?? 0,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
