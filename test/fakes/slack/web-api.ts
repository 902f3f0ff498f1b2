import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { CHAT_METHODS, createPace } from './chat-methods.ts'
import type { OAuth } from './oauth.ts'
import { OTHER_METHODS } from './other-methods.ts'
import type { Params, SlackState } from './state.ts'
import { refusalOf } from './tokens.ts'
import type { Answer } from './workspace.ts'

const METHODS = { ...CHAT_METHODS, ...OTHER_METHODS }
const PACED = new Set(['chat.postMessage', 'chat.update'])

/** The Web API as bots call it: who may, what goes wrong on demand, then the method itself. */
export function createWebApi(
  state: SlackState,
  oauth: OAuth,
): (method: string, request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const pace = createPace()
  return async (method, request, response) => {
    const params = paramsOf(request, await bodyOf(request))
    const token = state.tokens.get((request.headers.authorization ?? '').replace(/^Bearer /, ''))
    const team = token?.team ?? ''
    const channel = params['channel'] ?? null
    const fault = state.faults.take(method, channel)
    const send = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, {
        'content-type': 'application/json; charset=utf-8',
        ...(token === undefined ? {} : { 'x-oauth-scopes': token.scopes.join(',') }),
        ...headers,
      })
      response.end(JSON.stringify(body))
    }
    const count = (ok: boolean): void => void state.calls.push({ method, team, channel, at: performance.now(), ok })
    const waitS =
      fault?.kind === 'rateLimit'
        ? (fault.retryAfterS ?? 1)
        : PACED.has(method)
          ? pace(state, `${team} ${channel} ${method}`)
          : 0
    if (waitS > 0) {
      count(false)
      return send(429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(waitS) })
    }
    if (fault?.kind === 'down') return send(503, { ok: false, error: 'service_unavailable' })
    if (fault?.kind === 'cut') return void request.socket.destroy()
    if (fault?.kind === 'page') {
      response.writeHead(200, { 'content-type': 'text/html' })
      return void response.end('<html><body>invalid_auth: the proxy wants a password</body></html>')
    }
    if (fault?.kind === 'slow') await pause(fault.ms ?? 100)
    const answer =
      fault?.kind === 'error'
        ? { ok: false, error: fault.error ?? 'internal_error' }
        : method === 'oauth.v2.access'
          ? oauth.access(params)
          : await answerOf(state, method, params, token?.text ?? '')
    count(answer.ok)
    if (fault?.kind === 'lost') return void request.socket.destroy()
    send(200, answer)
  }
}

async function answerOf(state: SlackState, method: string, params: Params, text: string): Promise<Answer> {
  const token = state.tokens.get(text)
  const refusal = refusalOf(method, token)
  if (refusal !== null) return refusal as Answer
  if (method === 'apps.connections.open') return { ok: true, url: state.socket.ticket(state.origin) }
  const workspace = state.workspaces.get(token?.team ?? '')
  if (workspace === undefined) return { ok: false, error: 'team_not_found' }
  const known = METHODS[method]
  return known === undefined ? workspace.call(method, params) : known({ state, workspace, params, token: text })
}

/** A request's whole body. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function paramsOf(request: IncomingMessage, body: Buffer): Params {
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://slack').searchParams)
  const text = body.toString('utf8')
  if (!(request.headers['content-type'] ?? '').includes('json')) {
    return { ...query, ...Object.fromEntries(new URLSearchParams(text)) }
  }
  const json = JSON.parse(text || '{}') as Readonly<Record<string, unknown>>
  const flat = Object.entries(json).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return { ...query, ...Object.fromEntries(flat) }
}
