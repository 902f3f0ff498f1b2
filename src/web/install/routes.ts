// Fastify awaits its handlers and answers what they throw.
/* oxlint-disable oxc/no-async-endpoint-handlers */
import { createReadStream } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import { bundleAgent, packNode, type Download, type NodeProgram } from './bundle.ts'
import { installScript } from './script.ts'
import { file } from '../../places.ts'

export interface InstallOptions {
  /** Whether a one-time key can still be exchanged. */
  readonly isOpen: (key: string) => Promise<boolean>
  /** The id, as the metadata service tells it, of the droplet that a key is for; null: not known. */
  readonly dropletOf: (key: string) => Promise<string | null>
  /** Called when a droplet with a good key fetches the script, and with its words when that could not do its work. */
  readonly onFetched?: (key: string) => Promise<void>
  readonly onTrouble?: (key: string, words: string) => Promise<void>
  /** Where droplets reach this bot; null while it is still coming up. */
  readonly url: () => string | null
  /** A folder of the bot's own, for what takes time to make. */
  readonly folder: string
  readonly log: Logger
}

const SCRIPT = file('agent/install.sh')
/** As identities make them; nothing that could end a quoted word. */
const KEY = /^spe_[\w.-]{1,190}$/

/** `GET /install.sh`, with `?key=…` for a host that is not enrolled, and what it fetches: the agent, and Node where a droplet has none. */
export function addInstall(app: FastifyInstance, options: InstallOptions): void {
  const agent = once<Download>(bundleAgent)
  const node = once<NodeProgram | null>(async () => {
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o700 })
      return await packNode(options.folder)
    } catch (error) {
      options.log.warn({ reason: messageOf(error) }, 'cannot hand out Node; droplets need their own')
      return null
    }
  })

  app.get<{ Querystring: { key?: unknown } }>('/install.sh', async (request, reply) => {
    const { key } = request.query
    const url = options.url()
    // Without one it brings an agent that is enrolled up to date, or takes it off.
    if (key !== undefined && (typeof key !== 'string' || !KEY.test(key))) {
      throw new SpinupError('badInput', 'The install line has a key; copy it whole from /spinup connect.')
    }
    if (url === null) throw new SpinupError('unavailable', 'The bot is still starting; run the line again.')
    const [body, bundle, program, open] = await Promise.all([
      readFile(SCRIPT, 'utf8'),
      agent(),
      node(),
      key === undefined ? false : options.isOpen(key),
    ])
    if (open && key !== undefined) await options.onFetched?.(key)
    const script = installScript(body, {
      url,
      key: key ?? '',
      keyState: open ? 'open' : 'used',
      // Nobody learns it who could not enrol there.
      droplet: (open && key !== undefined && (await options.dropletOf(key))) || '',
      agentSha256: bundle.sha256,
      nodeArch: program?.arch ?? '',
      nodeSha256: program?.sha256 ?? '',
    })
    return reply.type('text/x-shellscript; charset=utf-8').header('cache-control', 'no-store').send(script)
  })

  app.post<{ Querystring: { key?: unknown } }>('/install/trouble', { bodyLimit: 4096 }, async (request, reply) => {
    const { key } = request.query
    if (typeof key !== 'string' || !KEY.test(key) || !(await options.isOpen(key))) {
      throw new SpinupError('unauthorised', 'Only an install line that is in use may say what is wrong.')
    }
    await options.onTrouble?.(key, String(request.body))
    return reply.code(204).send()
  })

  app.get('/install/agent.tgz', async (_request, reply) => {
    return reply.type('application/gzip').send((await agent()).body)
  })

  app.get<{ Querystring: { key?: unknown } }>('/install/node.gz', async (request, reply) => {
    const { key } = request.query
    // It is large, so not for anybody who asks.
    if (typeof key !== 'string' || !KEY.test(key) || !(await options.isOpen(key))) {
      throw new SpinupError('unauthorised', 'Node is handed out to the install line only.')
    }
    const program = await node()
    if (program === null) throw new SpinupError('notFound', 'This bot has no Node to hand out.')
    return reply.type('application/gzip').send(createReadStream(program.file))
  })
}

/** Makes it when it is first wanted; a failure is tried again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null
      throw error
    })
    return made
  }
}
