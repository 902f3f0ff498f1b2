import { z } from 'zod'
import { VERBS, type Verb } from './verbs.ts'

type Json = Readonly<Record<string, unknown>>

/** What every refusal looks like. */
const FAILURE = z.strictObject({
  code: z.string().describe('Stable; a program may switch on it'),
  message: z.string().describe('What happened and what to do, for people'),
})

const REFUSALS: Readonly<Record<string, string>> = {
  400: 'Something in the request is wrong',
  401: 'No token, or one that was revoked or has expired',
  403: 'The token may not do this',
  404: 'There is no such pool or request, or the token does not reach it',
  409: 'The pool is not in a state for it, or the idempotency-key was used for something else',
  413: 'The body is too long',
  415: 'The body is not JSON',
  429: 'Too many calls, or a limit of the pool forbids it',
  500: 'Something went wrong at the bot',
  503: 'Something that is needed does not answer: try again',
  504: 'Something that is needed took too long: try again',
}

/** The API as an OpenAPI 3.1 document, from the schemas that its requests are read with. `url`: where it is. */
export function openApi(url: string): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const verb of VERBS) (paths[verb.path] ??= {})[verb.method.toLowerCase()] = operationOf(verb)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Spinup',
      version: '1',
      description: 'What programs may do, by a token that /spinup token new makes. A change is bound as it is in chat.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'spt_…' } },
      schemas: { Failure: schemaOf(FAILURE, 'output') },
      responses: Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [
          `Refused${status}`,
          { description, content: inJson({ $ref: '#/components/schemas/Failure' }) },
        ]),
      ),
    },
  }
}

function operationOf({ name, method, path, scope, summary, input, output, changes }: Verb<unknown, object>): Json {
  const {
    properties = {},
    required = [],
    ...rest
  } = schemaOf(input, 'input') as {
    readonly properties?: Json
    readonly required?: readonly string[]
  }
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part!)
  const parameter = (where: 'path' | 'query', part: string): Json => ({
    name: part,
    in: where,
    required: required.includes(part),
    schema: properties[part],
  })
  const others = Object.keys(properties).filter((part) => !inPath.includes(part))
  const inQuery = method === 'GET' ? others : []
  const needs = required.filter((part) => others.includes(part))
  const body = {
    ...rest,
    properties: Object.fromEntries(others.map((part) => [part, properties[part]])),
    ...(needs.length === 0 ? {} : { required: needs }),
  }
  const answered = { content: inJson(schemaOf(output, 'output')) }
  return {
    operationId: name,
    summary,
    description: scope === null ? 'For any token.' : `For a token with the scope \`${scope}\`.`,
    parameters: [
      ...inPath.map((part) => parameter('path', part)),
      ...inQuery.map((part) => parameter('query', part)),
      ...(changes ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(method === 'GET' ? {} : { requestBody: { required: needs.length > 0, content: inJson(body) } }),
    responses: {
      200: { description: 'Done, or begun', ...answered },
      ...(changes ? { 202: { description: 'It waits: a person has to say yes first', ...answered } } : {}),
      ...Object.fromEntries(
        Object.keys(REFUSALS).map((status) => [status, { $ref: `#/components/responses/Refused${status}` }]),
      ),
    },
  }
}

const IDEMPOTENCY_KEY: Json = {
  name: 'idempotency-key',
  in: 'header',
  required: false,
  description: 'For 24 hours the same key gives the first answer, and nothing is done again',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function inJson(schema: Json): Json {
  return { 'application/json': { schema } }
}

/** A schema in JSON Schema's terms, as OpenAPI 3.1 and MCP take it. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, { io })
  return plain
}
