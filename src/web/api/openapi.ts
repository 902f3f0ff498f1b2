import { z } from 'zod'
import type { AnyVerb } from './verb.ts'
import { VERBS } from './verbs.ts'

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
  404: 'There is nothing of that name or id, or the token does not reach it',
  409: 'Not as things are, or the idempotency-key was used for something else',
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

const FORMAT = z
  .enum(['json', 'csv'], { error: 'format is json or csv' })
  .default('json')
  .describe('csv: a row for each instant, by the pool’s clocks and in UTC')

/** What a verb is asked with over HTTP, where an answer may also be a table. */
export function askedOf({ input, csv }: AnyVerb): AnyVerb['input'] {
  return csv === undefined ? input : input.extend({ format: FORMAT })
}

function operationOf(verb: AnyVerb): Json {
  const { name, method, path, scope, summary, output, example = {}, changes, csv } = verb
  const {
    properties = {},
    required = [],
    ...rest
  } = schemaOf(askedOf(verb), 'input') as {
    readonly properties?: Readonly<Record<string, Json>>
    readonly required?: readonly string[]
  }
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part!)
  const parameter = (where: 'path' | 'query', part: string): Json => ({
    name: part,
    in: where,
    required: required.includes(part),
    schema: properties[part],
    // Several stand in one, with commas.
    ...(properties[part]?.['type'] === 'array' ? { style: 'form', explode: false } : {}),
  })
  const others = Object.keys(properties).filter((part) => !inPath.includes(part))
  const inQuery = method === 'GET' ? others : []
  const needs = required.filter((part) => others.includes(part))
  const body = {
    ...rest,
    properties: Object.fromEntries(others.map((part) => [part, properties[part]])),
    ...(needs.length === 0 ? {} : { required: needs }),
  }
  const shown = Object.entries(example).filter(([part]) => others.includes(part))
  const answer = schemaOf(output, 'output')
  const waits = Object.hasOwn(Object(answer['properties']), 'waits')
  return {
    operationId: name,
    summary,
    description: scope === null ? 'For any token.' : `For a token with the scope \`${scope}\`.`,
    parameters: [
      ...inPath.map((part) => parameter('path', part)),
      ...inQuery.map((part) => parameter('query', part)),
      ...(changes ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(method === 'GET' || others.length === 0
      ? {}
      : { requestBody: { required: needs.length > 0, content: inJson(body, Object.fromEntries(shown)) } }),
    responses: {
      200: {
        description: changes ? 'Done, or started' : 'As it is now',
        content: { ...inJson(answer), ...(csv === undefined ? {} : { 'text/csv': { schema: { type: 'string' } } }) },
      },
      ...(waits ? { 202: { description: 'It waits: a person has to say yes first', content: inJson(answer) } } : {}),
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

function inJson(schema: Json, example: Json = {}): Json {
  return { 'application/json': { schema, ...(Object.keys(example).length === 0 ? {} : { example }) } }
}

/** A schema in JSON Schema's terms, as OpenAPI 3.1 and MCP take it. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, { io })
  return plain
}
