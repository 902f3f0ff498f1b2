import { request, type RequestOptions } from 'node:http'
import { z } from 'zod'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import { ANYWHERE, type Reach } from '../outside.ts'
import { clip } from '../../core/model/letters.ts'

const TRIES = 4

/** What Caddy answered; `etag` is null where it gave none. */
export interface AdminAnswer {
  readonly status: number
  readonly body: unknown
  readonly etag: string | null
}

/** Caddy's admin API. Calls throw `balancerFailed` when it cannot be reached; any status is an answer. */
export interface Admin {
  get(path: string): Promise<AdminAnswer>
  /** Replaces what is at `path` if it still is what `etag` stands for (412 otherwise). Not tried again. */
  patch(path: string, body: unknown, etag: string): Promise<AdminAnswer>
}

/** Speaks to `http://host:port` or `unix:/path/to/socket`; `timeoutMs` bounds each try, of which `get` has four. */
export function createAdmin(address: string, timeoutMs: number, { lookup }: Reach = ANYWHERE): Admin {
  const target = { ...targetOf(address), ...(lookup === undefined ? {} : { lookup }) }
  const unreachable = (cause: unknown) =>
    new SpinupError(
      'balancerFailed',
      `Caddy's admin API at ${address} cannot be reached (${messageOf(cause)}). Traffic may still flow; check that Caddy runs and that its admin endpoint listens there.`,
      { cause, retryable: true },
    )
  return {
    async get(path) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await exchange({ ...target, method: 'GET', path }, null, timeoutMs)
        } catch (error) {
          if (attempt === TRIES) throw unreachable(error)
          await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt * (0.5 + Math.random())))
        }
      }
    },
    async patch(path, body, etag) {
      const headers = { 'content-type': 'application/json', 'if-match': etag }
      try {
        return await exchange({ ...target, method: 'PATCH', path, headers }, JSON.stringify(body), timeoutMs)
      } catch (error) {
        throw unreachable(error)
      }
    },
  }
}

/** The host of Caddy's machine; null: this one. */
export function controlHost(address: string): string | null {
  return address.startsWith('unix:') || !URL.canParse(address) ? null : new URL(address).hostname
}

/** In words, why Caddy said no; `quotes`: in its own. */
export function complaint(answer: AdminAnswer, quotes: boolean): string {
  if (!quotes) return `status ${answer.status}`
  const refusal = z.object({ error: z.string() }).safeParse(answer.body).data
  return refusal === undefined ? `status ${answer.status}` : `${clip(refusal.error, 300)} (status ${answer.status})`
}

function targetOf(address: string): RequestOptions {
  if (address.startsWith('unix:/')) return { socketPath: address.slice('unix:'.length) }
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || url.protocol !== 'http:' || url.pathname !== '/') {
    throw new SpinupError(
      'configuration',
      `"${address}" is not the address of a Caddy admin API; give http://127.0.0.1:2019 or unix:/run/caddy/admin.sock.`,
    )
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? 80 : Number(url.port) }
}

/** node:http, not fetch: Caddy sends the ETag of a configuration as a trailer, which fetch hides. */
function exchange(options: RequestOptions, body: string | null, timeoutMs: number): Promise<AdminAnswer> {
  return new Promise((resolve, reject) => {
    const call = request({ ...options, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('error', reject)
      response.on('end', () => {
        const etag = response.headers.etag ?? response.trailers['etag'] ?? null
        resolve({ status: response.statusCode ?? 0, body: parse(text), etag })
      })
    })
    call.on('error', reject)
    call.end(body ?? undefined)
  })
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return text
  }
}
