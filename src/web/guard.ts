import type { FastifyRequest } from 'fastify'
import { saysWhence } from '../core/model/address.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Attempts, SignIn, Sessions } from './session.ts'

export const SESSION_COOKIE = 'spinup_session'

/** Names every loopback page goes by. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether binding to `host` keeps the console on this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Whether a connection comes from this machine; `address` as the socket has it. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopback(address.replace(/^::ffff:/, ''))
}

/**
 * Refuses a request that another site made through the visitor's browser: `Host` must be a name this console goes by
 * (else DNS rebinding makes any site "same origin"), and a POST must be JSON from a page of this host (else a form on
 * any site could press buttons). Throws `unauthorised` or `badInput`.
 */
export function refuseForeign(request: FastifyRequest, names: ReadonlySet<string>, form: boolean): void {
  const host = request.headers.host ?? ''
  if (!isKnown(host, names)) {
    throw new SpinupError(
      'unauthorised',
      'This console does not answer to that host name. Open it at its own address, or set SPINUP_PUBLIC_URL to the address you use.',
    )
  }
  if (request.method === 'GET' || request.method === 'HEAD') return
  const { origin, 'sec-fetch-site': site } = request.headers
  const foreign =
    (origin !== undefined && !isOwn(origin, host, names)) ||
    (origin === undefined && site !== undefined && site !== 'same-origin' && site !== 'none')
  if (foreign) throw new SpinupError('unauthorised', 'That request came from another site, so it was refused.')
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (!form && type !== 'application/json') {
    throw new SpinupError('badInput', 'Send the body as JSON, with the header content-type: application/json.')
  }
}

/** What else proxies, tunnels and content networks add to what they pass on. */
const PASSED_ON = new RegExp(
  '^(x-)?(akamai|amzn?|appengine|arr|azure|bluecoat|cdn|cf|cloud-trace|cloudfront|envoy|fastly|fly|google-gfe|incap|' +
    'ngrok|nf|proxy|request-start|sucuri|tailscale|varnish|vercel)-|-via$|^(x-)?(via|request-start|varnish|proxy)$',
)

/**
 * Refuses what came through a proxy, for a console without a password: it is meant for this machine alone, and a proxy on
 * it speaks for anyone. No browser speaks HTTP/1.0, as nginx does to what is behind it. Throws `unauthorised`.
 */
export function refuseForwarded({ headers, raw }: FastifyRequest): void {
  const isPassedOn = (name: string): boolean => saysWhence(name) || PASSED_ON.test(name.replaceAll('_', '-'))
  if (raw.httpVersion !== '1.0' && !Object.keys(headers).some(isPassedOn)) return
  throw new SpinupError(
    'unauthorised',
    'That request came through a proxy, and this console has no password. Set SPINUP_CONSOLE_PASSWORD and start the bot again.',
  )
}

/** Who sent the request, by a session cookie, or a password as a bearer token (for scripts); null: nobody known. */
export async function signInOf(
  request: FastifyRequest,
  sessions: Sessions,
  attempts: Attempts,
  now: number,
): Promise<SignIn | null> {
  const token = /^bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token !== undefined) {
    const attempt = await attempts.try(request.ip, () => sessions.admits(token))
    if (attempt.is === 'wait') throw tooMany(attempt.waitMs)
    return attempt.is === 'right' ? attempt.who : null
  }
  const cookie = cookieOf(request.headers.cookie ?? '')
  return cookie === null ? null : sessions.valid(cookie, now)
}

/** Thrown while an address has to wait after wrong passwords. */
export function tooMany(waitMs: number): SpinupError {
  return new SpinupError('limited', `Too many wrong passwords. Try again in ${Math.ceil(waitMs / 1000)} s.`)
}

/** The host names this console goes by: loopback, the bound address, and with a password the public one. */
export function hostNames(host: string, publicUrl: string | undefined, locked: boolean): ReadonlySet<string> {
  const names = new Set(LOOPBACK)
  if (!locked) return names
  names.add(host.includes(':') ? `[${host}]` : host.toLowerCase())
  if (publicUrl !== undefined) names.add(new URL(publicUrl).hostname)
  return names
}

/** A name or address and a port, and nothing that a URL would read as another part of itself. */
const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{0,5})?$/i

function isKnown(host: string, names: ReadonlySet<string>): boolean {
  return HOST.test(host) && URL.canParse(`http://${host}`) && names.has(new URL(`http://${host}`).hostname)
}

function isOwn(origin: string, host: string, names: ReadonlySet<string>): boolean {
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  // Behind a proxy the Host may be an inner name; the page's own is then the public one, never a loopback one.
  return url.host === host.toLowerCase() || (!LOOPBACK.has(url.hostname) && names.has(url.hostname))
}

/** The session cookie of a request's header; null: there is none. */
export function cookieOf(header: string): string | null {
  for (const pair of header.split(';')) {
    const [name, value] = pair.trim().split('=', 2)
    if (name === SESSION_COOKIE && value !== undefined) return value
  }
  return null
}
