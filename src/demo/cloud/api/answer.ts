import { randomUUID } from 'node:crypto'
import { ApiError, needScope, notFound, type Call, type Found, type Router } from './route.ts'
import type { ActionFault } from './faults.ts'
import type { RateLimit } from './rate-limit.ts'
import type { TokenRecord } from './records.ts'
import type { World } from './world.ts'

export interface Incoming {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** Parsed, or a SyntaxError when it is not what its content type says. */
  readonly body: unknown
  readonly origin: string
  readonly found: ReturnType<Router['find']>
  readonly token: TokenRecord | null
  readonly actionFaults: readonly ActionFault[]
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export function errorAnswer(error: ApiError, headers: Readonly<Record<string, string>> = {}): Answer {
  const requestId = randomUUID()
  return {
    status: error.status,
    headers: { ...headers, 'x-request-id': requestId, ...error.headers },
    body: { id: error.id, message: error.message, request_id: requestId },
  }
}

/** Token, limit, scopes, then the operation: refusals come back as answers, faults of our own are thrown. */
export function answer(world: World, limit: RateLimit, incoming: Incoming): Answer {
  let headers: Readonly<Record<string, string>> = {}
  try {
    const listsKeys = incoming.method === 'GET' && incoming.path === '/v2/account/keys'
    headers = limit.take(incoming.token?.value ?? 'nobody', listsKeys)
    if (!incoming.token) throw new ApiError(401, 'Unable to authenticate you')
    const found = served(incoming)
    if (incoming.body instanceof SyntaxError) throw new ApiError(400, 'error parsing request body')
    const call: Call = {
      world,
      params: found.params,
      path: incoming.path,
      query: incoming.query,
      body: incoming.body,
      token: incoming.token,
      origin: incoming.origin,
      actionFaults: incoming.actionFaults,
    }
    for (const scope of found.route.scopes) needScope(call, scope)
    const reply = found.route.run(call)
    return { status: reply.status, headers: { ...headers, 'x-request-id': randomUUID() }, body: reply.body }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const refused = errorAnswer(error, headers)
    // The one operation with a form of its own for a body that cannot be read.
    const rooted = error.status === 400 && incoming.found && 'route' in incoming.found
    if (!rooted || incoming.found.route.operation !== 'tags_create') return refused
    return { ...refused, body: { error: error.message, messages: null, root_causes: [] } }
  }
}

function served({ found }: Incoming): Found {
  if (found === null) throw notFound()
  if ('methods' in found) throw new ApiError(405, 'Method not allowed', { allow: found.methods.join(', ') })
  return found
}
