import { SpinupError } from '../../core/model/error.ts'

/** Where an upstream is dialled. */
export interface Endpoint {
  /** Empty: the machine that Caddy runs on. */
  readonly host: string
  readonly port: number
}

/** Where a member is dialled, by its base URL; throws `balancerFailed` for URLs that are more than that. */
export function endpointOf(url: string): Endpoint {
  const parsed = URL.canParse(url) ? new URL(url) : null
  const plain =
    parsed !== null &&
    /^https?:$/.test(parsed.protocol) &&
    parsed.username + parsed.password + parsed.search + parsed.hash === '' &&
    parsed.pathname === '/' &&
    // Braces would be a Caddy placeholder.
    /^[\w.:[\]-]+$/.test(parsed.hostname)
  if (!plain) {
    throw new SpinupError('balancerFailed', `Caddy takes members like http://10.0.0.4:80, not "${url}".`, {
      retryable: false,
    })
  }
  const port = parsed.port === '' ? usualPort(parsed.protocol === 'https:') : Number(parsed.port)
  return { host: parsed.hostname.replace(/^\[|\]$/g, ''), port }
}

/**
 * Reads what Caddy calls a dial address: `[tcp/]host:port`. null: it is not a host and port (a unix socket, a placeholder, a
 * range of ports), so that it cannot be a member's.
 */
export function readDial(dial: string, secure: boolean): Endpoint | null {
  const [, six, host = '', port] = /^(?:tcp[46]?\/)?(?:\[([\da-f:.%]+)\]|([\w.-]*))(?::(\d+))?$/i.exec(dial) ?? []
  if (dial === '' || (six === undefined && host === '' && port === undefined)) return null
  return { host: six ?? host, port: port === undefined ? usualPort(secure) : Number(port) }
}

/** As Caddy takes it. */
export function dialOf({ host, port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The base URL of an endpoint. */
export function urlOf({ host, port }: Endpoint, secure: boolean): string {
  return new URL(`${secure ? 'https' : 'http'}://${dialOf({ host: host || 'localhost', port })}`).origin
}

function usualPort(secure: boolean): number {
  return secure ? 443 : 80
}
