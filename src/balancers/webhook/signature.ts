import { createHmac } from 'node:crypto'

/**
 * The headers that prove a request to be Spinup's: `spinup-timestamp`, epoch seconds, and `spinup-signature`, `v1=` and
 * the HMAC-SHA256 in hex of the timestamp, a dot and the body as sent, keyed with the shared secret.
 */
export function signatureHeaders(secret: string, atMs: number, body: string): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMs / 1000))
  const hmac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return { 'spinup-timestamp': timestamp, 'spinup-signature': `v1=${hmac}` }
}
