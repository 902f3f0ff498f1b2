// Fastify awaits its handlers and answers what they throw.
/* oxlint-disable oxc/no-async-endpoint-handlers */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { SpinupError } from '../core/model/error.ts'
import type { ApiGuard } from './api/guard.ts'
import { isLoopbackAddress, hostNames, refuseForeign, refuseForwarded } from './guard.ts'
import type { Metrics, Reach } from './metrics.ts'

export interface HealthOptions {
  /** How long ago the newest look at any pool was, ms; null: there is no pool. Throws when Redis does not answer. */
  readonly newestTickMs: () => Promise<number | null>
  readonly metrics: Metrics
  /** What this installation alone answers to a nonce, so that the doctor knows it at its public address. */
  readonly prove: (nonce: string) => string
}

/** Pools are looked at every second; a bot on the same Redis that restarts takes this long to take over. */
const FRESH_MS = 15_000
/** Who asks often gets the same answer, so that nobody keeps Redis busy this way. */
const SAME_MS = 500
const DEADLINE_MS = 3000
const NONCE = /^[\da-f]{32}$/

/**
 * `GET /healthz`: the process answers; with `?nonce=` of 32 hex digits, by a proof that it is of this installation. `GET /readyz`: Redis answers, and pools are looked at. `GET /metrics`: figures for
 * Prometheus, for programs on this machine, and with a token (`read`) of the pools that it reaches.
 */
export function addHealth(
  app: FastifyInstance,
  { newestTickMs, metrics, prove, guard }: HealthOptions & { guard: ApiGuard },
): void {
  let last: { readonly at: number; readonly answer: Promise<Readiness> } | null = null
  const readiness = (): Promise<Readiness> => {
    const now = performance.now()
    if (last === null || now - last.at > SAME_MS) last = { at: now, answer: look(newestTickMs) }
    return last.answer
  }

  for (const path of ['/health', '/healthz']) {
    app.get<{ Querystring: { readonly nonce?: unknown } }>(path, ({ query: { nonce } }) =>
      typeof nonce === 'string' && NONCE.test(nonce) ? { ok: true, proof: prove(nonce) } : { ok: true },
    )
  }

  app.get('/readyz', async (_request, reply) => {
    const answer = await readiness()
    return reply
      .code(answer.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(answer)
  })

  const asToken = guard.requires('read')
  app.get('/metrics', async (request, reply) => {
    const send = async (reach: Reach): Promise<string> => {
      const text = await metrics.text(reach)
      void reply.header('cache-control', 'no-store').type('text/plain; version=0.0.4; charset=utf-8')
      return text
    }
    if (request.headers.authorization === undefined && isHere(request)) {
      return send({ tenant: null, reaches: () => true, whole: true })
    }
    await asToken(request)
    const { asker, can, reaches } = guard.callerOf(request)
    return send({ tenant: asker.place.tenant, reaches, whole: can === 'all' })
  })
}

interface Readiness {
  readonly ready: boolean
  readonly message: string
}

async function look(newestTickMs: HealthOptions['newestTickMs']): Promise<Readiness> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('late')), DEADLINE_MS)
  try {
    const ageMs = await Promise.race([newestTickMs(), late.promise])
    if (ageMs === null) return { ready: true, message: 'Redis answers; no pool is connected.' }
    const seconds = Math.round(ageMs / 1000)
    return ageMs <= FRESH_MS
      ? { ready: true, message: 'Redis answers, and pools are looked at.' }
      : { ready: false, message: `No pool was looked at for ${seconds} s.` }
  } catch {
    return { ready: false, message: 'Redis does not answer.' }
  } finally {
    clearTimeout(timer)
  }
}

const HERE = hostNames('127.0.0.1', undefined, false)

/** Whether a program on this machine asks, neither through a proxy on it nor, as DNS rebinding has it, by another name. */
function isHere(request: FastifyRequest): boolean {
  if (!isLoopbackAddress(request.raw.socket.remoteAddress ?? '')) return false
  try {
    refuseForwarded(request)
    refuseForeign(request, HERE, false)
    return true
  } catch (error) {
    if (error instanceof SpinupError) return false
    throw error
  }
}
