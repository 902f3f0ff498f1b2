import { createSocket } from 'node:dgram'

export interface StatsdSocket {
  readonly address: string
  close(): void
}

/** Hands every datagram to `take`; rejects when the address is taken. */
export function openStatsdSocket(
  listen: { readonly host: string; readonly port: number },
  take: (text: string) => void,
): Promise<StatsdSocket> {
  const socket = createSocket(listen.host.includes(':') ? 'udp6' : 'udp4')
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(listen.port, listen.host, () => {
      socket.off('error', reject)
      socket.on('error', () => {})
      socket.on('message', (bytes) => take(bytes.toString('utf8')))
      resolve({ address: `${listen.host}:${socket.address().port}`, close: () => socket.close() })
    })
  })
}
