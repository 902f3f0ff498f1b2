import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { isNode, type Json, type Node, type OpenApiDocument, type Operation } from './document.ts'
import { SCHEMAS_ID, toJsonSchema } from './schema.ts'
import { undeclared } from './undeclared.ts'

/** One request and its answer, as the validator looks at them. */
export interface Exchanged {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: string
  readonly requestHeaders: Readonly<Record<string, string>>
  /** Parsed; of a multipart form its `payload_json`. Undefined when there was none. */
  readonly requestBody: unknown
  /** Null when there was no answer. */
  readonly status: number | null
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: unknown
}

export interface Rules {
  /** Paths that the document means to describe; others are not counted. */
  readonly covers: (path: string) => boolean
  /** What is wrong with how the request says who it is from. */
  readonly identity: (operation: Operation, exchange: Exchanged) => readonly string[]
}

export interface Violation {
  /** Ours, or the stand-in's. */
  readonly side: 'request' | 'answer'
  readonly method: string
  readonly path: string
  readonly operation: string | null
  readonly status: number | null
  readonly message: string
}

export interface Validator {
  /** Checks one and counts it; what is wrong with it. Fits `onExchange`. */
  check(exchange: Exchanged): readonly Violation[]
  /** What is wrong with a request's value of the schema of that name, e.g. `MessageCreateRequest`. */
  checkValue(schema: string, value: unknown): readonly string[]
  /** Checked so far; what the document does not cover is not counted. */
  exchanges(): number
  violations(): readonly Violation[]
  /** `contract violations: 0 of 42 exchanges`. */
  summary(): string
}

type Compile = (schema: Json) => ValidateFunction

/** By document: compiling takes a second, and holds up everything that runs in the same process. */
const compilers = new WeakMap<OpenApiDocument, Compile>()

function compilerOf(document: OpenApiDocument): Compile {
  const known = compilers.get(document)
  if (known !== undefined) return known
  const ajv = new Ajv2020({ strict: false, allErrors: false, unicodeRegExp: false, logger: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: SCHEMAS_ID, components: { schemas: toSchemas(document.schemas) } })
  const compiled = new Map<Json, ValidateFunction>()
  const compile: Compile = (schema) => {
    const validate = compiled.get(schema) ?? ajv.compile(toJsonSchema(schema) as Node)
    compiled.set(schema, validate)
    return validate
  }
  compilers.set(document, compile)
  return compile
}

/** Checks exchanges against the document: path, query, headers and body of the request; status and body of the answer. */
export function createValidator(document: OpenApiDocument, rules: Rules): Validator {
  const compile = compilerOf(document)
  const found: Violation[] = []
  let checked = 0

  function complaints(schema: Json, value: unknown, inRequest: boolean, what: string): string[] {
    const validate = compile(schema)
    const wrong = validate(value) ? [] : [told(validate.errors)]
    return [...wrong, ...undeclared(document, value, schema, inRequest)].map((message) => `${what}${message}`)
  }

  function parameters(operation: Operation, exchange: Exchanged): string[] {
    const names = [...operation.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1])
    const values = operation.pattern.exec(exchange.path) ?? []
    const query = new URLSearchParams(exchange.query)
    const known = new Set(operation.parameters.filter((one) => one['in'] === 'query').map((one) => one['name']))
    const strangers = [...query.keys()].filter((name) => !known.has(name))
    return [
      ...strangers.map((name) => `query parameter ${name} is not in the document`),
      ...operation.parameters.flatMap((parameter) => {
        const name = String(parameter['name'])
        const text = valueOf(parameter, name, { query, path: values[names.indexOf(name) + 1], exchange })
        if (text === null)
          return parameter['required'] === true ? [`${parameter['in']} parameter ${name} is missing`] : []
        const schema = parameter['schema'] ?? {}
        return complaints(schema, coerced(document, schema, text), true, `${parameter['in']} parameter ${name}`)
      }),
    ]
  }

  function requestBody(operation: Operation, exchange: Exchanged): string[] {
    const { requestBody: body } = exchange
    if (!operation.requestBody) return body === undefined ? [] : ['it has a body, and the document knows of none']
    if (body === undefined) return operation.requestBody['required'] === true ? ['its body is missing'] : []
    const schema = jsonSchema(document, operation.requestBody)
    const type = exchange.requestHeaders['content-type'] ?? 'none'
    const files = type.startsWith('multipart/form-data') && 'multipart/form-data' in content(document, operation)
    if (!files && !type.startsWith('application/json')) return [`its content type is ${type}`]
    return schema === null ? [] : complaints(schema, body, true, 'body')
  }

  function request(operation: Operation, exchange: Exchanged): string[] {
    return [
      ...rules.identity(operation, exchange),
      ...parameters(operation, exchange),
      ...requestBody(operation, exchange),
    ]
  }

  function answer(operation: Operation, exchange: Exchanged, status: number): string[] {
    const documented =
      operation.responses[String(status)] ??
      operation.responses[`${Math.floor(status / 100)}XX`] ??
      operation.responses['default']
    if (documented === undefined) return [`status ${status} is not in the document`]
    const response = document.deref(documented)
    const headers = Object.entries(document.deref(response['headers'])).flatMap(([name, header]) => {
      const text = exchange.responseHeaders[name.toLowerCase()]
      const schema = document.deref(header)['schema']
      if (text === undefined || schema === undefined) return []
      return complaints(schema, coerced(document, schema, text), false, `header ${name}`)
    })
    const schema = jsonSchema(document, response)
    if (schema === null)
      return exchange.responseBody === undefined ? headers : [...headers, 'it has an undocumented body']
    const type = exchange.responseHeaders['content-type'] ?? 'none'
    if (!type.startsWith('application/json')) return [...headers, `its content type is ${type}`]
    return [...headers, ...complaints(schema, exchange.responseBody, false, 'body')]
  }

  return {
    check(exchange) {
      if (!rules.covers(exchange.path)) return []
      checked++
      const operation = document.find(exchange.method, exchange.path)
      const { method, path, status } = exchange
      const violation = (side: Violation['side'], message: string): Violation => {
        return { side, method, path, operation: operation?.id ?? null, status, message }
      }
      const fresh = operation
        ? [
            ...request(operation, exchange).map((message) => violation('request', message)),
            ...(status === null ? [] : answer(operation, exchange, status).map((text) => violation('answer', text))),
          ]
        : [violation('request', 'the document knows no such operation')]
      found.push(...fresh)
      return fresh
    },
    checkValue(name, value) {
      const schema = document.schemas[name]
      if (schema === undefined) throw new Error(`the API document has no schema ${name}`)
      return complaints(schema, value, true, '')
    },
    exchanges: () => checked,
    violations: () => found,
    summary: () => `contract violations: ${found.length} of ${checked} exchanges`,
  }
}

function toSchemas(schemas: Node): Record<string, Json> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toJsonSchema(schema)]))
}

/** The innermost complaints first: of a `oneOf` they say more than that none fits, or that it is another kind. */
function told(errors: readonly ErrorObject[] | null | undefined): string {
  const rank = ({ instancePath, keyword }: ErrorObject): number =>
    instancePath.split('/').length * 2 - (keyword === 'enum' || keyword === 'const' ? 1 : 0)
  const sorted = (errors ?? []).toSorted((one, other) => rank(other) - rank(one))
  const lines = sorted.map(({ instancePath, message }) => `${instancePath} ${message ?? 'is invalid'}`)
  return [...new Set(lines)].slice(0, 3).join(', ') || ' is invalid'
}

function content(document: OpenApiDocument, operation: Operation): Node {
  return document.deref(operation.requestBody?.['content'])
}

function jsonSchema(document: OpenApiDocument, holder: Node): Json | null {
  const content = document.deref(holder['content'])
  const json = content['application/json']
  return isNode(json) ? (json['schema'] ?? null) : null
}

function valueOf(
  parameter: Node,
  name: string,
  from: { readonly query: URLSearchParams; readonly path: string | undefined; readonly exchange: Exchanged },
): string | null {
  if (parameter['in'] === 'query') return from.query.get(name)
  if (parameter['in'] === 'path') return from.path === undefined ? null : decodeURIComponent(from.path)
  return from.exchange.requestHeaders[name.toLowerCase()] ?? null
}

/** Text as the type its schema asks for, where it can be read so. */
function coerced(document: OpenApiDocument, schema: Json, text: string): unknown {
  const { type } = document.deref(schema)
  if ((type === 'integer' || type === 'number') && text.trim() !== '' && !Number.isNaN(Number(text)))
    return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
