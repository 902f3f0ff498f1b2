import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { FirstAnswers } from '../../store/first-answers.ts'
import { statusOf } from '../failures.ts'
import { sendPacked } from '../packed.ts'
import type { ApiGuard, Caller } from './guard.ts'
import { addMcp } from './mcp.ts'
import { askedOf, openApi } from './openapi.ts'
import { policyFileSchema } from './policy-schema.ts'
import type { ApiService } from './service.ts'
import { LONGEST_BODY, readInput, readQuery, type AnyVerb } from './verb.ts'
import { VERBS } from './verbs.ts'

export interface ApiOptions {
  readonly guard: ApiGuard
  readonly service: ApiService
  readonly answers: FirstAnswers
  /** Where programs reach the bot, without a trailing slash. */
  readonly url: string
}

const KEY = z.string().regex(/^[\x21-\x7e]{1,255}$/)

/** The API for programs: every verb as a route and as a tool of MCP, and the documents that say how. */
export function addApi(app: FastifyInstance, options: ApiOptions): void {
  app.removeContentTypeParser('text/plain')
  const { guard, service, answers, url } = options
  for (const verb of VERBS) {
    const asked = askedOf(verb)
    app.route({
      method: verb.method,
      url: verb.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      bodyLimit: verb.longest ?? LONGEST_BODY,
      onRequest: guard.requires(verb.scope),
      // Fastify awaits its handlers and answers what they throw.
      // oxlint-disable-next-line oxc/no-async-endpoint-handlers
      handler: async (request, reply) => {
        const caller = guard.callerOf(request)
        const input = inputOf(verb, asked, request)
        const work = (): Promise<object> => verb.run(service, caller, input)
        const key = verb.changes ? keyOf(request) : null
        if (key !== null) return once(request, reply, { answers, verb, caller, key, input }, work)
        const body = await work()
        const table = input['format'] === 'csv' ? verb.csv?.(body) : undefined
        if (table === undefined) return send(request, reply, statusFor(body), JSON.stringify(body))
        const { file, text } = table
        reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${file}"`)
        return sendPacked(request, reply, text)
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
function inputOf(
  verb: AnyVerb,
  asked: AnyVerb['input'],
  { params, query, body }: FastifyRequest,
): Readonly<Record<string, unknown>> {
  const fixed = Object(params) as Readonly<Record<string, unknown>>
  if (verb.method === 'GET') return readQuery(asked, query, fixed)
  const [astray] = Object.keys(Object(query))
  if (astray !== undefined) {
    throw new SpinupError('badInput', `${astray.slice(0, 40)} belongs in the body, not in the address.`)
  }
  const given = body ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new SpinupError('badInput', 'Send the body as one JSON object.')
  }
  return readInput(verb, { ...given }, fixed)
}

function keyOf({ headers }: FastifyRequest): string | null {
  const given = headers['idempotency-key']
  if (given === undefined) return null
  const key = KEY.safeParse(given)
  if (key.success) return key.data
  throw new SpinupError('badInput', 'An idempotency-key is 1 to 255 visible characters, such as the id of the CI job.')
}

/** 202: it waits for a person. */
function statusFor(body: object): number {
  return 'waits' in body && body.waits !== null ? 202 : 200
}

function send(request: FastifyRequest, reply: FastifyReply, status: number, body: string): Promise<FastifyReply> {
  return sendPacked(request, reply.code(status).type('application/json; charset=utf-8'), body)
}

/** The first answer, whatever comes again under the same key within a day. What failed on our side may be tried again. */
async function once(
  request: FastifyRequest,
  reply: FastifyReply,
  at: {
    readonly answers: FirstAnswers
    readonly verb: AnyVerb
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
  if (before !== 'new') {
    void reply.header('idempotency-replayed', 'true')
    return send(request, reply, before.status, before.body)
  }
  const keep = async (status: number, body: object): Promise<FastifyReply> => {
    const text = JSON.stringify(body)
    // It is done, so what came of it is said all the same; nobody does it again while it counts as being worked on.
    await answers
      .keep(caller.id, key, mark, { status, body: text })
      .catch((error: unknown) =>
        request.log.warn({ err: error }, 'an answer could not be kept for its idempotency-key'),
      )
    return send(request, reply, status, text)
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
  return keep(statusFor(body), body)
}
