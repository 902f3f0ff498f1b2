import { cut } from '../../../core/model/letters.ts'

/** A member's base address. `key` identifies it however it was written; `url` is how it was written. */
export interface Address {
  readonly key: string
  readonly url: string
  readonly hostname: string
  readonly port: number
}

/** Reads a member's base URL, `http://host[:port]`; `refused` says in words what is wrong with it. */
export function parseAddress(text: string): Address | { readonly refused: string } {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) return { refused: `"${cut(text, 100)}" is not a URL; give one like http://10.0.0.4:80` }
  if (url.protocol !== 'http:') return { refused: `${url.protocol}// is not forwarded to; give an http:// URL` }
  if (url.username !== '' || url.password !== '') return { refused: 'a member URL carries no user or password' }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return { refused: 'a member URL is only host and port; paths are kept as the visitor asked' }
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  if (url.port === '0') return { refused: 'port 0 cannot be connected to' }
  // 169.254.0.0/16 holds the cloud's metadata service: forwarding to it would publish the droplet's secrets.
  if (hostname === '0.0.0.0' || hostname === '::' || hostname.startsWith('169.254.') || hostname.startsWith('fe80:'))
    return { refused: `${hostname} is not the address of a member` }
  return { key: url.origin, url: text, hostname, port: url.port === '' ? 80 : Number(url.port) }
}

/** What still streams so long after its first byte is held open on purpose, ms. */
const STREAM_MS = 60_000

/**
 * Whether an answer that has ended counts among the times of whole answers: event streams never do, nor do others that
 * streamed for over a minute. `headers` are flat pairs; `streamedMs` is the time from its first byte to its last.
 */
export function isWhole(headers: readonly string[], streamedMs: number): boolean {
  if (streamedMs > STREAM_MS) return false
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!
    // By length first: this runs for every header of every answer.
    if (name.length !== 12 || name.toLowerCase() !== 'content-type') continue
    if (/^text\/event-stream\b/i.test(headers[index + 1]!)) return false
  }
  return true
}
