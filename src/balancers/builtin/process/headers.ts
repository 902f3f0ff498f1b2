import type { IncomingMessage } from 'node:http'
import { saysWhence } from '../../../core/model/address.ts'

/** Meant for one connection only (RFC 9110 §7.6.1); a proxy makes its own. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
])
/** What a `Connection` header may not take off: a visitor could otherwise change the framing or the host. */
const KEPT = new Set(['host', 'content-length', 'cache-control', 'authorization', 'cookie'])

const BODIED = new Set(['POST', 'PUT', 'PATCH'])
/** Written by us, not copied; `expect` is answered here. */
const OWN = new Set(['host', 'expect', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip'])
/** How a request's body is delimited. */
export type Framing = 'none' | 'length' | 'chunked'

export function framingOf(request: IncomingMessage): Framing {
  if (request.headers['transfer-encoding'] !== undefined) return 'chunked'
  const length = request.headers['content-length']
  return length === undefined || Number(length) === 0 ? 'none' : 'length'
}

/** The path to ask the member for, and the host it was asked of; the absolute form (RFC 9112 §3.2.2) is taken apart. */
export function targetOf(request: IncomingMessage): { readonly path: string; readonly host: string } {
  const url = request.url ?? '/'
  // HTTP/1.0 needs none, but what goes to the member is HTTP/1.1.
  const host = request.headers.host || `${request.socket.localAddress}:${request.socket.localPort}`
  if (url.startsWith('/') || url === '*' || !URL.canParse(url)) return { path: url, host }
  const absolute = new URL(url)
  return { path: absolute.pathname + absolute.search, host: absolute.host }
}

/** Whether a request says two things about one: two hosts, or a body to wait for where there is none. */
export function isAmbiguous(request: IncomingMessage, framing: Framing): boolean {
  let hosts = 0
  const raw = request.rawHeaders
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  return hosts > 1 || (framing === 'none' && request.headers.expect !== undefined)
}

/** Whether a sender is a proxy before this balancer that is believed. */
export type IsProxy = (address: string) => boolean

/** The head to send a member, as bytes in latin1; null: it cannot be sent on as it was meant. */
export function requestHead(request: IncomingMessage, framing: Framing, isProxy: IsProxy): string | null {
  if (isAmbiguous(request, framing)) return null
  const { path, host } = targetOf(request)
  // Node's parser has refused these already; what follows would let one request pass for two, so it is made sure.
  if (!/^[\x21-\x7e\x80-\xff]+$/.test(path)) return null
  // A body in another coding (gzip) would arrive as plain chunks: codings are of one connection.
  if (framing === 'chunked' && !/^chunked$/i.test(request.headers['transfer-encoding'] ?? '')) return null
  let head = `${request.method} ${path} HTTP/1.1\r\n`
  const headers = requestHeaders(request, host, framing, isProxy)
  for (let index = 0; index < headers.length; index += 2) head += `${headers[index]}: ${headers[index + 1]}\r\n`
  return `${head}Connection: keep-alive\r\n\r\n`
}

/** The headers to send a member: the visitor's without those of its connection, with where it came from. Flat pairs. */
export function requestHeaders(request: IncomingMessage, host: string, framing: Framing, isProxy: IsProxy): string[] {
  const address = request.socket.remoteAddress ?? 'unknown'
  const believed = isProxy(address)
  const raw = request.rawHeaders
  const named = namedIn(request.headers.connection)
  const headers: string[] = ['Host', host]
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase()
    if (HOP_BY_HOP.has(name) || OWN.has(name) || named?.has(name)) continue
    // Members believe what a proxy says, so a visitor may not say it.
    if (!believed && saysWhence(name)) continue
    if (name === 'trailer' && framing !== 'chunked') continue
    headers.push(raw[index]!, raw[index + 1]!)
  }
  const said = (name: string): string | null => (believed ? (request.headers[name]?.toString() ?? null) : null)
  const before = said('x-forwarded-for')
  const visitor = address.startsWith('::ffff:') ? address.slice(7) : address
  headers.push('X-Forwarded-For', before === null ? visitor : `${before}, ${visitor}`)
  headers.push('X-Forwarded-Proto', said('x-forwarded-proto') ?? 'http')
  headers.push('X-Forwarded-Host', said('x-forwarded-host') ?? host)
  headers.push('X-Real-IP', said('x-real-ip') ?? visitor)
  if (framing === 'chunked') headers.push('Transfer-Encoding', 'chunked')
  // Said outright, because Node's client would announce a chunked body for a POST without one.
  else if (framing === 'none' && request.headers['content-length'] === undefined && BODIED.has(request.method ?? ''))
    headers.push('Content-Length', '0')
  // `trailers` is the one thing of TE a proxy may pass on when it forwards trailers, as this one does.
  if (/\btrailers\b/i.test(String(request.headers.te ?? ''))) headers.push('TE', 'trailers')
  return headers
}

/** The headers to send the visitor: the member's without those of its connection. `trailing`: trailers can follow. */
export function responseHeaders(raw: readonly string[], connection: string, trailing: boolean): string[] {
  const named = namedIn(connection)
  const headers: string[] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase()
    if (HOP_BY_HOP.has(name) || named?.has(name)) continue
    if (name === 'trailer' && !trailing) continue
    headers.push(raw[index]!, raw[index + 1]!)
  }
  return headers
}

/** Flat pairs as pairs. */
export function toPairs(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let index = 0; index < flat.length; index += 2) pairs.push([flat[index]!, flat[index + 1]!])
  return pairs
}

function namedIn(connection: string | undefined): ReadonlySet<string> | null {
  // Nearly every message says `keep-alive` or `close` and nothing else.
  if (connection === undefined || connection === '' || connection === 'keep-alive' || connection === 'close')
    return null
  const names = connection.split(',').map((name) => name.trim().toLowerCase())
  return new Set(names.filter((name) => !KEPT.has(name)))
}
