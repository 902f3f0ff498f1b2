import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { ZodError } from 'zod'
import { SpinupError, messageOf } from '../../../core/model/error.ts'
import {
  agentSchema,
  createSchema,
  faultSchema,
  LIMITED,
  powerSchema,
  pruneSchema,
  seedSchema,
  settingsSchema,
  snapshotRequestSchema,
} from '../protocol.ts'
import type { Hypervisor } from './hypervisor.ts'

export interface ApiOptions {
  readonly hypervisor: Hypervisor
  readonly dir: string
  /** Somebody has called. */
  onCall(): void
  onSettings(idleExitMs: number): void
  /** Stops the droplets; the answer is sent when it is done, then the process ends. */
  shutdown(): Promise<void>
}

interface Request {
  readonly parts: readonly string[]
  readonly query: URLSearchParams
  readonly route: string
  readonly body: unknown
}

/** Answered instead of a body: the connection is cut. */
const NO_ANSWER = Symbol('no answer')
const LONGEST_BODY = 1024 * 1024

/** The hypervisor's HTTP API, not yet listening. Refusals are `{message, retryable}`. */
export function createApi(options: ApiOptions): Server {
  const { hypervisor } = options

  async function answer({ route, parts, query, body }: Request): Promise<unknown> {
    const id = parts[2] ?? ''
    switch (route) {
      case 'GET /v1/health':
        return { pid: process.pid, dir: options.dir }
      case 'PUT /v1/settings': {
        const settings = settingsSchema.parse(body)
        hypervisor.configure(settings)
        options.onSettings(settings.idleExitMs)
        return {}
      }
      case 'GET /v1/droplets':
        return hypervisor.list(query.get('tag'))
      case 'POST /v1/droplets': {
        const { droplet, answerLost } = await hypervisor.create(createSchema.parse(body))
        return answerLost ? NO_ANSWER : droplet
      }
      case 'GET /v1/droplets/:id':
        return hypervisor.get(id)
      case 'DELETE /v1/droplets/:id':
        hypervisor.destroy(id)
        return {}
      case 'POST /v1/droplets/:id/power':
        hypervisor.power(id, powerSchema.parse(body).to)
        return {}
      case 'POST /v1/droplets/:id/snapshots':
        return hypervisor.snapshot(id, snapshotRequestSchema.parse(body).name)
      case 'POST /v1/droplets/:id/snapshots/prune': {
        const { keep, inUse } = pruneSchema.parse(body)
        return { deleted: await hypervisor.pruneSnapshots(id, keep, inUse) }
      }
      case 'PUT /v1/droplets/:id/agent':
        hypervisor.installAgent(id, agentSchema.parse(body).config)
        return {}
      case 'POST /v1/seeds':
        return hypervisor.seed(seedSchema.parse(body))
      case 'POST /v1/faults':
        hypervisor.arm(faultSchema.parse(body))
        return {}
      case 'DELETE /v1/faults':
        hypervisor.clearFaults()
        return {}
      case 'POST /v1/shutdown':
        await options.shutdown()
        return {}
      default:
        throw new SpinupError('notFound', `${route} is not part of the local cloud's API.`)
    }
  }

  return createServer(async (incoming, outgoing) => {
    options.onCall()
    let status = 200
    let body: unknown
    try {
      body = await answer(await read(incoming))
    } catch (error) {
      status = statusOf(error)
      body = { message: messageOf(error), retryable: error instanceof SpinupError && error.retryable }
    }
    if (body === NO_ANSWER) {
      incoming.socket.destroy()
      return
    }
    outgoing.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    outgoing.end(JSON.stringify(body))
  })
}

async function read(incoming: IncomingMessage): Promise<Request> {
  const url = new URL(incoming.url ?? '/', 'http://hypervisor')
  const parts = url.pathname.split('/').slice(1).map(decodeURIComponent)
  const shape = parts[1] === 'droplets' && parts.length > 2 ? [parts[0], parts[1], ':id', ...parts.slice(3)] : parts
  let text = ''
  for await (const chunk of incoming.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > LONGEST_BODY) throw new SpinupError('badInput', 'The body is longer than 1 MB.')
  }
  let body: unknown = null
  try {
    if (text !== '') body = JSON.parse(text)
  } catch (cause) {
    throw new SpinupError('badInput', 'The body is not JSON.', { cause })
  }
  return { parts, query: url.searchParams, route: `${incoming.method} /${shape.join('/')}`, body }
}

function statusOf(error: unknown): number {
  if (error instanceof ZodError) return 400
  if (!(error instanceof SpinupError)) return 500
  switch (error.code) {
    case 'notFound':
      return 404
    case 'badInput':
    case 'configuration':
      return 400
    case 'conflict':
      return 409
    case 'limited':
      return LIMITED
    default:
      return error.retryable ? 503 : 500
  }
}
