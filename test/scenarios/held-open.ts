import { request } from 'node:http'

/** Connections that visitors keep open. */
export interface HeldOpen {
  /** How many are open now. */
  open(): number
  close(): void
}

/** What is kept open: event streams, downloads that take their time, and WebSockets. */
const KINDS = [
  { path: '/events', headers: { accept: 'text/event-stream' } },
  { path: '/download', headers: {} },
  {
    path: '/socket',
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  },
]

/** Visitors come one after the other. */
const EVERY_MS = 40

/** Opens `count` connections to the site at `base`, a third of each kind, and reads what comes; nobody closes them. */
export function holdOpen(base: string, count: number): HeldOpen {
  let open = 0
  const closing: (() => void)[] = []
  let index = 0
  const coming = setInterval(() => {
    if (index === count) return clearInterval(coming)
    const { path, headers } = KINDS[index++ % KINDS.length]!
    const call = request(new URL(path, base), { headers, agent: false })
    call.on('error', () => undefined)
    call.on('response', (answer) => {
      open++
      answer.on('error', () => undefined).on('close', () => open--)
      answer.resume()
    })
    call.on('upgrade', (_, socket) => {
      open++
      socket.on('error', () => undefined).on('close', () => open--)
      socket.resume()
      closing.push(() => socket.destroy())
    })
    call.end()
    closing.push(() => call.destroy())
  }, EVERY_MS)
  closing.push(() => clearInterval(coming))
  return { open: () => open, close: () => closing.splice(0).forEach((close) => close()) }
}
