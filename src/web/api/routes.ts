import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { FirstAnswers } from '../../store/first-answers.ts'
import { statusOf } from '../failures.ts'
import type { ApiGuard, Caller } from './guard.ts'
import { addMcp } from './mcp.ts'
import { openApi } from './openapi.ts'
import { policyFileSchema } from './policy-schema.ts'
import type { ApiService } from './service.ts'
import { readInput, VERBS, type Verb } from './verbs.ts'

export interface ApiOptions {
  readonly guard: ApiGuard
  readonly service: ApiService
  readonly answers: FirstAnswers
  /** Where programs reach the bot, without a trailing slash. */
  readonly url: string
}

const LONGEST_BODY = 64 * 1024
const KEY = z.string().regex(/^[\x21-\x7e]{1,255}$/)

/** The API for programs: every verb as a route and as a tool of MCP, and the documents that say how. */
export function addApi(app: FastifyInstance, options: ApiOptions): void {
  const { guard, service, answers, url } = options
  for (const verb of VERBS) {
    app.route({
      method: verb.method,
      url: verb.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      bodyLimit: LONGEST_BODY,
      onRequest: guard.requires(verb.scope),
      handler: (request, reply) => {
        const caller = guard.callerOf(request)
        const input = inputOf(verb, request)
        const work = (): Promise<object> => verb.run(service, caller, input)
        const key = verb.changes ? keyOf(request) : null
        return key === null ? answer(reply, work) : once(reply, { answers, verb, caller, key, input }, work)
      },
    })
  }
  // Neither says anything of a team, and editors and generators fetch them without a token.
  app.get('/api/openapi.json', (_request, reply) => reply.send(openApi(url)))
  app.get('/api/policy.schema.json', (_request, reply) =>
    reply.type('application/schema+json').send(policyFileSchema()),
  )
  addMcp(app, { guard, service })
}

/** Path, query and body together, as the verb's schema has them. Throws `badInput`. */
function inputOf<I>(verb: Verb<I, object>, { params, query, body }: FastifyRequest): I {
  const given = verb.method === 'GET' ? query : (body ?? {})
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new SpinupError('badInput', 'Send the body as one JSON object.')
  }
  return readInput(verb, { ...given, ...Object(params) })
}

function keyOf({ headers }: FastifyRequest): string | null {
  const given = headers['idempotency-key']
  if (given === undefined) return null
  const key = KEY.safeParse(given)
  if (key.success) return key.data
  throw new SpinupError('badInput', 'An idempotency-key is 1 to 255 visible characters, such as the id of the CI job.')
}

async function answer(reply: FastifyReply, work: () => Promise<object>): Promise<FastifyReply> {
  const body = await work()
  return reply.code(isWaiting(body) ? 202 : 200).send(body)
}

function isWaiting(body: object): boolean {
  return 'waits' in body && body.waits !== null
}

/** The first answer, whatever comes again under the same key within a day. What failed on our side may be tried again. */
async function once(
  reply: FastifyReply,
  at: {
    readonly answers: FirstAnswers
    readonly verb: Verb<unknown, object>
    readonly caller: Caller
    readonly key: string
    readonly input: unknown
  },
  work: () => Promise<object>,
): Promise<FastifyReply> {
  const { answers, verb, caller, key, input } = at
  const mark = JSON.stringify([verb.name, input])
  const before = await answers.begin(caller.id, key, mark)
  if (before === 'busy')
    throw new SpinupError('conflict', 'The first request with that idempotency-key is still being worked on.')
  if (before === 'other') throw new SpinupError('conflict', 'That idempotency-key was used for another request.')
  const send = (status: number, body: string): FastifyReply =>
    reply.code(status).type('application/json; charset=utf-8').send(body)
  if (before !== 'new') {
    void reply.header('idempotency-replayed', 'true')
    return send(before.status, before.body)
  }
  const keep = async (status: number, body: object): Promise<FastifyReply> => {
    const text = JSON.stringify(body)
    await answers.keep(caller.id, key, mark, { status, body: text })
    return send(status, text)
  }
  let body: object
  try {
    body = await work()
  } catch (error) {
    const status = error instanceof SpinupError ? statusOf(error) : 500
    if (error instanceof SpinupError && status < 500 && status !== 429) {
      return keep(status, { code: error.code, message: error.message })
    }
    await answers.drop(caller.id, key)
    throw error
  }
  return keep(isWaiting(body) ? 202 : 200, body)
}
