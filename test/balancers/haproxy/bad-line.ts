import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'

/**
 * What is lost of a line: itself before it arrives, all of its answer, or the second half of it. `leaving`: it arrives
 * at a process that a reload has replaced, which says what HAProxy 2.6 says then.
 */
export type Loss = 'call' | 'answer' | 'half' | 'leaving'

/** A way to HAProxy's runtime API that closes early, as HAProxy does when it ends: without an error. */
export interface BadLine {
  readonly address: string
  /** What is lost of this line; nothing unless set. */
  lose: (line: string) => Loss | null
  close(): Promise<void>
}

/** `address`: `tcp://host:port`. */
export async function startBadLine(address: string): Promise<BadLine> {
  const { hostname: host, port } = new URL(address)
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => undefined).once('close', () => open.delete(socket))
    socket.once('data', (chunk: Buffer) => {
      void (async () => {
        const loss = line.lose(chunk.toString())
        if (loss === 'call') return socket.end()
        if (loss === 'leaving') return socket.end('Proxy is disabled.\n\n')
        const there = connect({ host, port: Number(port) })
        there.write(chunk)
        const answer = await text(there)
        socket.end(loss === 'answer' ? '' : loss === 'half' ? answer.slice(0, answer.length / 2) : answer)
      })().catch(() => socket.destroy())
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const line: BadLine = {
    address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lose: () => null,
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return line
}
