import { SpinupError } from '../../core/model/error.ts'

/** `host:port`, which Caddy calls an upstream's dial address, of a base URL; throws `balancerFailed` for other URLs. */
export function dialOf(url: string): string {
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
  return `${parsed.hostname}:${parsed.port === '' ? (parsed.protocol === 'https:' ? 443 : 80) : parsed.port}`
}

/** The base URL of a dial address; null for one that is no host and port (a unix socket, a placeholder). */
export function urlOf(dial: string, secure: boolean): string | null {
  const url = `${secure ? 'https' : 'http'}://${dial.replace(/^tcp\//, '')}`
  return /^[\w.:[\]-]+:\d+$/.test(dial.replace(/^tcp\//, '')) && URL.canParse(url) ? new URL(url).origin : null
}
