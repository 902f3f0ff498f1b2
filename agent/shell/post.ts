import http from 'node:http'
import type { Agent, RequestOptions } from 'node:http'
import { promisify } from 'node:util'

/** An HTTP answer; `body` is its JSON object, or empty when it carried none. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly retryAfterMs: number | null
}

export interface Poster {
  /** POSTs JSON and reads the answer; throws in words when there is none within `deadlineMs`. */
  post(path: string, key: string | null, body: unknown, deadlineMs: number): Promise<Answer>
  close(): void
}

/** Smaller bodies travel in one packet anyway, and cost the host more to pack than to send. */
const GZIP_FROM_BYTES = 1_000
const MAX_ANSWER_BYTES = 64 * 1024

/** Posts to the bot at `base` over one connection that is kept open. */
export function createPoster(base: string): Poster {
  const root = new URL(base.endsWith('/') ? base : `${base}/`)
  if (root.protocol !== 'http:' && root.protocol !== 'https:') {
    throw new Error(`the bot's url must start with http:// or https://, not ${root.protocol}//`)
  }
  let agent: Agent | null = null

  async function open(): Promise<{ request: typeof http.request; agent: Agent }> {
    const options = { keepAlive: true, maxSockets: 1 }
    if (root.protocol === 'http:') return { request: http.request, agent: (agent ??= new http.Agent(options)) }
    // Loaded only when needed: TLS is a good part of an agent's start.
    const https = await import('node:https')
    return { request: https.request, agent: (agent ??= new https.Agent(options)) }
  }

  return {
    async post(path, key, body, deadlineMs) {
      const [transport, packed] = await Promise.all([open(), pack(body)])
      const headers: Record<string, string | number> = {
        'content-type': 'application/json',
        'content-length': packed.bytes.length,
        'user-agent': 'spinup-agent',
      }
      if (key !== null) headers['authorization'] = `Bearer ${key}`
      if (packed.encoding !== null) headers['content-encoding'] = packed.encoding
      const target = new URL(path, root)
      const options: RequestOptions = { method: 'POST', headers, agent: transport.agent }
      options.signal = AbortSignal.timeout(Math.ceil(deadlineMs))
      return exchange(transport.request, target, options, packed.bytes, deadlineMs)
    },
    close: () => agent?.destroy(),
  }
}

async function pack(body: unknown): Promise<{ bytes: Buffer; encoding: string | null }> {
  const bytes = Buffer.from(JSON.stringify(body))
  if (bytes.length < GZIP_FROM_BYTES) return { bytes, encoding: null }
  const zlib = await import('node:zlib')
  return { bytes: await promisify(zlib.gzip)(bytes, { level: 3 }), encoding: 'gzip' }
}

function exchange(
  request: typeof http.request,
  target: URL,
  options: RequestOptions,
  bytes: Buffer,
  deadlineMs: number,
  again = true,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      // The bot may close an idle connection just as it is used; the report is numbered, so sending it twice is safe.
      if (again && outgoing.reusedSocket && error.code === 'ECONNRESET') {
        resolve(exchange(request, target, options, bytes, deadlineMs, false))
        return
      }
      const why =
        error.name === 'AbortError'
          ? `no answer within ${Math.round(deadlineMs) / 1000} s`
          : (error.code ?? error.message)
      reject(new Error(`cannot reach the bot at ${target.origin} (${why})`))
    }
    const outgoing = request(target, options, (incoming) => {
      const chunks: Buffer[] = []
      let size = 0
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MAX_ANSWER_BYTES) outgoing.destroy(new Error('the answer is too long to be the bot’s'))
        else chunks.push(chunk)
      })
      incoming.on('error', fail)
      incoming.on('end', () => {
        const seconds = Number(incoming.headers['retry-after'])
        const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
        resolve({ status: incoming.statusCode ?? 0, body: objectOf(Buffer.concat(chunks).toString()), retryAfterMs })
      })
    })
    outgoing.on('error', fail)
    outgoing.end(bytes)
  })
}

/** A JSON object, or an empty one: what stands before the bot may answer with anything. */
export function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    // The cast only says "any keys": null and arrays are out, and each field is checked where it is read.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}
