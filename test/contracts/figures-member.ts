import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * A real web server with one path for each way a request can spend its time: `/held` answers when `release` is called;
 * `/page` begins at once and ends then; `/events` is an event stream until then; a WebSocket is accepted and ends then. `/quick` is answered at once.
 */
export interface FiguresMember {
  readonly url: string
  /** Paths of the requests that are open, health checks apart. */
  readonly open: () => readonly string[]
  release(): void
  close(): Promise<void>
}

export async function startFiguresMember(): Promise<FiguresMember> {
  const held = new Map<ServerResponse | Duplex, { readonly path: string; readonly end: () => void }>()
  const hold = (what: ServerResponse | Duplex, path: string, end: () => void) => {
    held.set(what, { path, end })
    what.once('close', () => held.delete(what))
  }
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (path === '/events') response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: hello\n\n')
    if (path === '/page') response.write('<h1>')
    if (path === '/health' || path === '/quick') response.end('ok')
    // An upload is held before it is read.
    else hold(response, path, () => request.resume() && response.end('done'))
  })
  server.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.on('error', () => undefined)
    // Closed as the protocol has it: a close frame, then the connection.
    hold(socket, request.url ?? '', () => socket.end(Buffer.from([0x88, 0])))
  })
  server.keepAliveTimeout = 30_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => [...held.values()].map(({ path }) => path),
    release() {
      for (const { end } of held.values()) end()
    },
    async close() {
      for (const { end } of held.values()) end()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
