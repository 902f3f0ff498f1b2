import { createHmac } from 'node:crypto'
import { ACK_MS, type Delivered } from './socket-mode.ts'

/** Where the bot hears requests, and what they are signed with. */
export interface HttpWay {
  readonly url: string
  readonly signingSecret: string
}

/** What a test may spoil. */
export interface Spoil {
  /** Signs with this instead. */
  readonly secret?: string
  /** Claims to have been signed so long ago, ms. */
  readonly ageMs?: number
}

/** Posts something as Slack does: forms for commands and clicks, JSON for events, signed. */
export async function deliverByHttp(
  way: HttpWay,
  type: string,
  payload: Readonly<Record<string, unknown>>,
  spoil: Spoil = {},
): Promise<Delivered & { readonly status: number }> {
  const body =
    type === 'events_api'
      ? JSON.stringify(payload)
      : type === 'slash_commands'
        ? new URLSearchParams(
            Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]),
          ).toString()
        : new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  const at = Math.floor((Date.now() - (spoil.ageMs ?? 0)) / 1000)
  const signature = createHmac('sha256', spoil.secret ?? way.signingSecret)
    .update(`v0:${at}:${body}`)
    .digest('hex')
  const begun = performance.now()
  try {
    const response = await fetch(way.url, {
      method: 'POST',
      headers: {
        'content-type': type === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(at),
        'x-slack-signature': `v0=${signature}`,
      },
      body,
      signal: AbortSignal.timeout(ACK_MS),
    })
    const text = await response.text()
    const acked = response.status === 200
    const answer = acked && text.startsWith('{') ? (JSON.parse(text) as Readonly<Record<string, unknown>>) : null
    const ackMs = performance.now() - begun
    return { acked, ackMs, answer, error: acked ? null : 'dispatch_failed', status: response.status }
  } catch {
    return { acked: false, ackMs: performance.now() - begun, answer: null, error: 'operation_timeout', status: 0 }
  }
}
