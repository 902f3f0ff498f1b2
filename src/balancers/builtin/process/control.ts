import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { z } from 'zod'
import type { BackendState } from '../../balancer.ts'
import type { FrontState } from '../front-state.ts'
import { parseAddress } from './address.ts'
import { stateOf } from './member.ts'
import type { Members } from './members.ts'

const MAX_BODY = 65_536

const serviceRequest = z.object({
  type: z.enum(['add-server', 'rmv-server', 'drain-server']),
  url: z.string(),
  /** Where this member is checked, if not where all are. */
  health: z.string().startsWith('/').optional(),
})
const weightsRequest = z.object({ loads: z.record(z.string(), z.number()) })

/** What `GET /service` answers. */
export interface ServiceState {
  readonly members: readonly BackendState[]
  readonly front: FrontState
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

const refuse = (status: number, error: string): Answer => ({ status, body: { error } })

/**
 * The control plane: `POST /service` (JSON, or the form `type=add-server&url=…` of the first Spinup), `GET /service`,
 * `POST /weights {"loads": {url: 0…1}}`, `GET /health`, `POST /stop`. Every call carries the key, as
 * `authorization: Bearer …` or `x-spinup-key`.
 */
export function createControl(options: {
  readonly key: string
  readonly members: Members
  readonly front: () => FrontState
  readonly health: () => object
  readonly stop: () => void
  /** Why a member may not be added, or null. */
  readonly refuses: (hostname: string, port: number) => string | null
}): Server {
  const { members } = options
  const wanted = digest(options.key)

  const service = async (request: IncomingMessage): Promise<Answer> => {
    const parsed = serviceRequest.safeParse(await readBody(request))
    if (!parsed.success)
      return refuse(400, 'give type=add-server, rmv-server or drain-server and url=http://HOST:PORT, as a form or JSON')
    const address = parseAddress(parsed.data.url)
    if ('refused' in address) return refuse(400, address.refused)
    switch (parsed.data.type) {
      case 'add-server': {
        const refusal = options.refuses(address.hostname, address.port)
        if (refusal !== null) return refuse(400, refusal)
        return { status: 200, body: stateOf(await members.add(address, parsed.data.health)) }
      }
      case 'rmv-server':
        await members.remove(address.key)
        return { status: 200, body: { removed: address.url } }
      case 'drain-server':
        // Unknown is fine: nothing new goes there, which is what was asked for.
        return { status: 200, body: { draining: await members.drain(address.key) } }
    }
  }

  const weights = async (request: IncomingMessage): Promise<Answer> => {
    const parsed = weightsRequest.safeParse(await readBody(request))
    if (!parsed.success) return refuse(400, 'give {"loads": {"http://HOST:PORT": 0.5}}, loads from 0 to 1')
    const loads = new Map<string, number>()
    for (const [url, load] of Object.entries(parsed.data.loads)) {
      const address = parseAddress(url)
      if ('refused' in address) return refuse(400, address.refused)
      loads.set(address.key, load)
    }
    members.weigh(loads)
    return { status: 200, body: { weighed: loads.size } }
  }

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    if (!holdsKey(request, wanted)) return refuse(401, 'the key is missing or wrong; send authorization: Bearer KEY')
    const route = `${request.method} ${(request.url ?? '').split('?')[0]}`
    switch (route) {
      case 'GET /service': {
        const state: ServiceState = { members: [...members.all()].map(stateOf), front: options.front() }
        return { status: 200, body: state }
      }
      case 'POST /service':
        return service(request)
      case 'POST /weights':
        return weights(request)
      case 'GET /health':
        return { status: 200, body: options.health() }
      case 'POST /stop':
        setImmediate(options.stop)
        return { status: 202, body: { stopping: true } }
      default:
        return refuse(404, `there is no ${route} here; see /service, /weights and /health`)
    }
  }

  return createServer({ requestTimeout: 10_000, connectionsCheckingInterval: 1000 }, (request, response) => {
    const send = ({ status, body }: Answer) => {
      const text = JSON.stringify(body)
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      response.end(text)
    }
    answer(request).then(send, (error: unknown) => {
      if (error instanceof TooLarge) send(refuse(413, `a body is at most ${MAX_BODY} bytes`))
      else send(refuse(500, error instanceof Error ? error.message : String(error)))
    })
  })
}

class TooLarge extends Error {}

/** JSON or a form, as its content type says; undefined where it is neither. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > MAX_BODY) throw new TooLarge()
  }
  if ((request.headers['content-type'] ?? '').startsWith('application/json')) {
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  }
  return Object.fromEntries(new URLSearchParams(text))
}

function holdsKey(request: IncomingMessage, wanted: Buffer): boolean {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const given = bearer ?? request.headers['x-spinup-key']
  return typeof given === 'string' && timingSafeEqual(digest(given), wanted)
}

// Digests are of one length, as the comparison needs, and tell nothing of the key's.
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
