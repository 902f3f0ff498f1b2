import { z } from 'zod'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { BackendState, Balancer } from '../balancer.ts'
import type { FrontState } from './front-state.ts'

const TRIES = 4

const stateSchema = z.object({
  url: z.string(),
  state: z.enum(['healthy', 'unhealthy', 'draining']),
  inFlight: z.number(),
  failed: z.number(),
  rps: z.number(),
  p95Ms: z.number().nullable(),
  firstByteP95Ms: z.number().nullable(),
  atMember: z.number(),
  waiting: z.number(),
  streaming: z.number(),
  queued: z.number(),
})
const serviceSchema = z.object({
  members: z.array(stateSchema),
  front: z.object({
    rps: z.number(),
    firstByteP95Ms: z.number().nullable(),
    failed: z.number(),
    inFlight: z.number(),
    queued: z.number(),
  }),
})

/** The built-in balancer's client. */
export interface BuiltinBalancer extends Balancer {
  /** What visitors see of the whole front. */
  front(): Promise<FrontState>
}

/**
 * Speaks to a balancer process. `control` and `key` as `startBuiltinBalancer` gives and takes them; `timeoutMs` (2 s
 * unless given) bounds each try, of which there are at most four: a process that is being restarted is back in under a
 * second.
 */
export function createBuiltinBalancer(options: {
  readonly control: string
  readonly key: string
  /** Where members are checked, unless as the process was started with. */
  readonly healthPath?: string
  readonly timeoutMs?: number
}): BuiltinBalancer {
  const call = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> => {
    const response = await reach(new URL(path, options.control), {
      method,
      headers: { authorization: `Bearer ${options.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: options.timeoutMs ?? 2000,
    })
    if (response.ok) return response.json()
    const refusal = z.object({ error: z.string() }).safeParse(await response.json().catch(() => null)).data
    throw new SpinupError('balancerFailed', `The balancer refused: ${refusal?.error ?? `status ${response.status}`}.`, {
      retryable: response.status >= 500,
    })
  }
  const read = async () => serviceSchema.parse(await call('GET', '/service'))

  return {
    kind: 'builtin',
    async add(url) {
      await call('POST', '/service', { type: 'add-server', url, health: options.healthPath })
    },
    async drain(url) {
      await call('POST', '/service', { type: 'drain-server', url })
    },
    async remove(url) {
      await call('POST', '/service', { type: 'rmv-server', url })
    },
    async list(): Promise<readonly BackendState[]> {
      return (await read()).members
    },
    async queued() {
      return (await read()).front.queued
    },
    async weigh(loads) {
      await call('POST', '/weights', { loads })
    },
    async front() {
      return (await read()).front
    },
  }
}

/** Every call is idempotent, so one that got no answer is made again. */
async function reach(url: URL, init: RequestInit & { readonly timeoutMs: number }): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(url, { ...init, signal: AbortSignal.timeout(init.timeoutMs) })
    } catch (error) {
      if (attempt === TRIES) {
        const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
        throw new SpinupError(
          'balancerFailed',
          `The balancer at ${url.host} cannot be reached (${messageOf(cause)}). Traffic may still flow; check that its process runs.`,
          { cause, retryable: true },
        )
      }
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt * (0.5 + Math.random())))
    }
  }
}
