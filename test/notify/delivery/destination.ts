import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Chat, Shown } from '../../../src/chat/chat.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import type { Card } from '../../../src/core/model/view.ts'

/** A message as its channel shows it. */
export interface Message {
  readonly id: string
  readonly nonce: string
  card: Card
  edits: number
}

/** How a request is answered: `lost` does what was asked and answers nobody. */
export type Fault = { readonly status: number; readonly retryAfterMs?: number } | 'lost'

/** A chat platform of channels and messages, on real HTTP, that fails on demand. */
export interface Destination {
  readonly url: string
  messages(channel: string): readonly Message[]
  /** When each request came, by channel, epoch ms; those that failed too. */
  requests(channel: string): readonly number[]
  /** Asked before each request; null: it goes well. */
  fault: (channel: string, card: Card) => Fault | null
  stop(): Promise<void>
}

export async function startDestination(): Promise<Destination> {
  const channels = new Map<string, Message[]>()
  const came = new Map<string, number[]>()
  let count = 0
  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const [, channel = '', id] = (request.url ?? '').split('/').map(decodeURIComponent)
      const { nonce, card } = JSON.parse(text) as { readonly nonce: string; readonly card: Card }
      came.set(channel, [...(came.get(channel) ?? []), Date.now()])
      const fault = destination.fault(channel, card)
      if (fault !== null && fault !== 'lost') {
        response.writeHead(fault.status, { 'retry-after-ms': String(fault.retryAfterMs ?? '') }).end()
        return
      }
      const all = channels.get(channel) ?? []
      channels.set(channel, all)
      let message = all.find((each) => (id === undefined ? each.nonce === nonce : each.id === id))
      if (message === undefined) {
        message = { id: String(++count), nonce, card, edits: 0 }
        all.push(message)
      } else {
        message.card = card
        message.edits++
      }
      if (fault === 'lost') response.destroy()
      else response.end(message.id)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const destination: Destination = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages: (channel) => channels.get(channel) ?? [],
    requests: (channel) => came.get(channel) ?? [],
    fault: () => null,
    stop: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return destination
}

/** The chat that speaks to a `Destination`. `paused` is awaited after a message went out, before it is kept that it did. */
export function createHttpChat(options: {
  readonly platform: string
  readonly url: string
  readonly shown: Shown
  readonly paused?: (point: 'sent' | 'kept') => Promise<void>
}): Chat {
  const { platform, url, shown, paused } = options
  return {
    platform,
    start: async () => undefined,
    stop: async () => undefined,
    show: async (channel, card) => {
      const before = await shown.get(channel, card.id)
      if (before !== null && before.revision >= card.revision) return
      const at = before?.at ?? Date.now()
      const path = [channel, ...(before?.message == null ? [] : [before.message])].map(encodeURIComponent).join('/')
      const body = JSON.stringify({ nonce: card.id, card })
      const response = await fetch(`${url}/${path}`, { method: 'POST', body, signal: AbortSignal.timeout(5000) }).catch(
        (cause: unknown) => {
          throw new SpinupError('chatFailed', 'The platform does not answer.', { retryable: true, cause })
        },
      )
      const message = await response.text()
      const retryAfterMs = Number(response.headers.get('retry-after-ms'))
      if (response.status === 404) throw new SpinupError('notFound', 'The channel is gone.')
      if (response.status === 400) throw new SpinupError('chatFailed', 'The card has too many blocks.')
      if (!response.ok) {
        const more = retryAfterMs > 0 ? { retryAfterMs } : {}
        throw new SpinupError('chatFailed', `It answered ${response.status}.`, { retryable: true, ...more })
      }
      await paused?.('sent')
      await shown.set(channel, card.id, { state: 'shown', message, revision: card.revision, at, extra: {} })
      await paused?.('kept')
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
