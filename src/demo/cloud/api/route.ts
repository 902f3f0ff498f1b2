import type { z } from 'zod'
import type { ActionFault } from './faults.ts'
import type { TokenRecord } from './records.ts'
import { permits } from './tokens.ts'
import type { World } from './world.ts'

const ids: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  412: 'precondition_failed',
  415: 'unsupported_media_type',
  422: 'unprocessable_entity',
  429: 'too_many_requests',
  500: 'server_error',
  503: 'service_unavailable',
}

/** A refusal in the API's own form: `{id, message, request_id}`. */
export class ApiError extends Error {
  readonly status: number
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.id = ids[status] ?? 'error'
    this.headers = headers
  }
}

export function notFound(): ApiError {
  return new ApiError(404, 'The resource you were accessing could not be found.')
}

export function unprocessable(message: string): ApiError {
  return new ApiError(422, message)
}

export interface Call {
  readonly world: World
  /** By the names of the official document, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  readonly token: TokenRecord
  /** For links: the origin the caller knows this server by. */
  readonly origin: string
  /** What is to go wrong with the actions begun by this call. */
  readonly actionFaults: readonly ActionFault[]
}

export interface Reply {
  readonly status: number
  readonly body?: unknown
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As in the official document. */
  readonly path: string
  /** Its operation id there. */
  readonly operation: string
  /** All are needed. */
  readonly scopes: readonly string[]
  run(call: Call): Reply
}

/** `GET /v2/tags`, its operation id, the scopes it needs, and what it does. */
export function route(
  line: `${Route['method']} /${string}`,
  operation: string,
  scopes: readonly string[],
  run: Route['run'],
): Route {
  const [method, path] = line.split(' ') as [Route['method'], string]
  return { method, path, operation, scopes, run }
}

/** A scope that depends on what is asked, beside the route's own. */
export function needScope(call: Call, scope: string): void {
  if (!permits(call.token, scope)) throw new ApiError(403, 'You are not authorized to perform this operation')
}

/** The body by its schema, or 422 with the first complaint. */
export function bodyOf<T>(call: Call, schema: z.ZodType<T>): T {
  const result = schema.safeParse(call.body ?? {})
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw unprocessable(`${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'is invalid'}`)
}

export interface Found {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

export interface Router {
  /** `null`: no such path. `methods`: the path exists, for these. */
  find(method: string, path: string): Found | { readonly methods: readonly string[] } | null
}

/** Fixed segments win over parameters; a parameter called `…_id` of a droplet or an action takes digits only. */
export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes
    .map((route) => ({ route, pattern: patternOf(route.path), wildness: route.path.split('{').length }))
    .toSorted((one, other) => one.wildness - other.wildness)
  return {
    find(method, path) {
      const there = compiled.flatMap(({ route, pattern }) => {
        const match = pattern.exec(path)
        return match ? [{ route, params: decoded(match.groups ?? {}) }] : []
      })
      const [first] = there
      if (!first) return null
      return (
        there.find((found) => found.route.method === method) ?? { methods: there.map((found) => found.route.method) }
      )
    },
  }
}

function patternOf(path: string): RegExp {
  const source = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    /^(droplet|action)_id$/.test(name) ? `(?<${name}>\\d+)` : `(?<${name}>[^/]+)`,
  )
  return new RegExp(`^${source}$`)
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, plain(value)]))
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
