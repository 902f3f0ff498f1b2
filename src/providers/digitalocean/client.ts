import { createApiClient, modules } from 'dots-wrapper'
import type { Transport } from './in-time.ts'

/** Every call of dots-wrapper, on one request's terms. It never leaves this folder: its errors hold the token. */
export type Client = ReturnType<typeof createApiClient> & {
  /** A GET that dots-wrapper has no method for. */
  get(path: string, query: Readonly<Record<string, string>>): Promise<{ readonly data: unknown }>
  /** A POST of which dots-wrapper would leave out fields that it does not know. */
  post(path: string, body: object): Promise<{ readonly data: unknown }>
}

/**
 * A dots-wrapper client for one request. dots-wrapper knows no `AbortSignal` and follows redirects, so its own context
 * is made from an axios that aborts with `signal` (a timeout of axios spares an answer that trickles) and stays put.
 */
export function clientFor(options: {
  readonly apiUrl: string
  readonly token: string
  readonly deadlineMs: number
  readonly signal: AbortSignal
  /** How it is sent, where that is not as usual. */
  readonly transport?: Transport | undefined
}): Client {
  const sent = options.transport === undefined ? {} : { transport: options.transport }
  let http: ReturnType<typeof modules.common.createContext>['httpClient'] | null = null
  const build = modules.common.createApiClient({
    modules,
    createContext: (input) => {
      const ours = { signal: options.signal, maxRedirects: 0, maxContentLength: LONGEST_ANSWER_BYTES, ...sent }
      const create = (config: object): unknown => input.axios.create({ ...config, ...ours })
      // Only `create` is ever called of the static axios.
      const context = modules.common.createContext({ ...input, axios: { create } as unknown as typeof input.axios })
      http = context.httpClient
      return context
    },
  })
  const client = build({ endpoint: options.apiUrl, token: options.token, requestTimeoutInMs: options.deadlineMs })
  const get: Client['get'] = (path, query) => http!.get(path, { params: query })
  const post: Client['post'] = (path, body) => http!.post(path, body)
  return { ...client, get, post }
}

const LONGEST_ANSWER_BYTES = 32 * 1024 * 1024
