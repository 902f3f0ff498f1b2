import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js'
import { SpinupError } from '../../core/model/error.ts'
import type { ApiGuard, Caller } from './guard.ts'
import { schemaOf } from './openapi.ts'
import type { ApiService } from './service.ts'
import { LONGEST_BODY, readInput, type AnyVerb } from './verb.ts'
import { VERBS } from './verbs.ts'

const ABOUT =
  'Spinup scales pools of droplets. Tools that change something are bound as people are in chat: by the limits of the policy, and where the team wants to be asked, they are refused, or answer with "waits" and nothing is done until a person says yes (get_request says what came of it).'

/** The longest that a verb takes, with what is around it. Bytes. */
const LONGEST_CALL = Math.max(...VERBS.map(({ longest = LONGEST_BODY }) => longest)) + 1024

const UNFORESEEN = {
  code: 'unavailable',
  message: 'Something went wrong here; the log of the bot says what.',
} as const

/** The same verbs as tools of the Model Context Protocol, at `/mcp`: streamable HTTP, without sessions, by the same tokens. */
export function addMcp(app: FastifyInstance, at: { readonly guard: ApiGuard; readonly service: ApiService }): void {
  const { guard } = at
  app.post('/mcp', { onRequest: guard.requires(null), bodyLimit: LONGEST_CALL }, async (request, reply) => {
    // A hundred calls would count as one, and be carried out at once.
    if (Array.isArray(request.body))
      throw new SpinupError('badInput', 'Send one message at a time, not a list of them.')
    const [server, { StreamableHTTPServerTransport }] = await Promise.all([
      serverFor(at, guard.callerOf(request), request.log),
      import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
    ])
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
    reply.hijack()
    reply.raw.on('close', () => void server.close().catch(() => undefined))
    // Its own types leave out that an absent handler may be undefined.
    await server.connect(transport as unknown as Transport)
    await transport.handleRequest(request.raw, reply.raw, request.body)
  })
}

/** A server for one request of one caller, who sees what they may use. The SDK is loaded when it is first needed. */
async function serverFor(
  { guard, service }: { guard: ApiGuard; service: ApiService },
  caller: Caller,
  log: FastifyBaseLogger,
) {
  const [{ Server }, { CallToolRequestSchema, ListToolsRequestSchema }] = await Promise.all([
    import('@modelcontextprotocol/sdk/server/index.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ])
  const server = new Server({ name: 'spinup', version: '1' }, { capabilities: { tools: {} }, instructions: ABOUT })
  const may = ({ scope }: AnyVerb): boolean => scope === null || caller.can === 'all' || caller.can.includes(scope)
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: VERBS.filter(may).map(toolOf) }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }): Promise<CallToolResult> => {
    try {
      const verb = VERBS.find(({ name }) => name === params.name)
      if (verb === undefined) throw new SpinupError('notFound', `There is no tool called ${params.name}.`)
      guard.check(caller, verb.scope)
      const done = await verb.run(service, caller, readInput(verb, params.arguments ?? {}))
      const { rest, png = null } = verb.picture?.(done) ?? { rest: done }
      const picture = png === null ? [] : [{ type: 'image' as const, data: png, mimeType: 'image/png' }]
      const content = [{ type: 'text' as const, text: JSON.stringify(rest) }, ...picture]
      return { content, structuredContent: { ...rest } }
    } catch (error) {
      // The SDK would answer with the inside of it.
      if (!(error instanceof SpinupError)) log.error({ err: error }, 'a tool failed')
      const failure = error instanceof SpinupError ? { code: error.code, message: error.message } : UNFORESEEN
      return { content: [{ type: 'text', text: JSON.stringify(failure) }], isError: true }
    }
  })
  return server
}

function toolOf({ name, summary, input, output, example, changes }: AnyVerb): Tool {
  return {
    name,
    description: summary,
    // An answer may be one of several objects.
    inputSchema: {
      ...schemaOf(input, 'input'),
      type: 'object',
      ...(example === undefined ? {} : { examples: [example] }),
    },
    outputSchema: { ...schemaOf(output, 'output'), type: 'object' },
    annotations: { readOnlyHint: !changes, destructiveHint: changes, openWorldHint: false },
  }
}
