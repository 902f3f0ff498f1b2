import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ConsoleChat } from '../chat/console/chat.ts'
import { plain } from '../chat/console/plain.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Actor } from '../core/model/pool.ts'
import type { View } from '../core/model/view.ts'
import type { ConsolePeople } from '../store/console-people.ts'
import type { Events, Place } from './events.ts'
import { inWords } from './api/verb.ts'
import { sendPacked } from './packed.ts'
import type { SignIn } from './session.ts'
import { visible } from '../core/model/clean.ts'
import { cut } from '../core/model/letters.ts'

// Fastify awaits its handlers and answers what they throw.
/* oxlint-disable oxc/no-async-endpoint-handlers */

const Message = z.object({ text: z.string(), name: z.string().optional() })
const Press = z.object({
  action: z.string().min(1).max(2000),
  values: z.record(z.string().max(64), z.string().max(4000)).optional(),
  name: z.string().optional(),
})
const Ask = z.object({ action: z.string().min(1).max(2000) })
const Cursor = z.string().regex(/^(?:\w{0,16}\.)?\d{0,15}$/)
const Complete = z.object({ text: z.string().max(2000) })

/** The console's JSON API and event stream, under `/api/console`; answers are `{views, text}` or `{code, message}`. */
export function addConsoleApi(
  app: FastifyInstance,
  console: ConsoleChat,
  events: Events,
  { now, actorOf }: { readonly now: () => number; readonly actorOf: ActorOf },
): void {
  const answer = (views: readonly View[]): { readonly views: readonly View[]; readonly text: string } => ({
    views,
    text: views.map((view) => plain(view, now())).join('\n\n'),
  })

  app.post('/api/console/messages', { bodyLimit: 16 * 1024 }, async (request) => {
    const { text, name } = parse(Message, request.body, 'a JSON body like {"text": "/spinup status"}')
    return answer(await console.post(text, await actorOf(request, name)))
  })

  app.post('/api/console/actions', { bodyLimit: 16 * 1024 }, async (request) => {
    const { action, values, name } = parse(Press, request.body, 'a JSON body like {"action": "run:/spinup status"}')
    return answer(await console.press(action, await actorOf(request, name), values))
  })

  app.get('/api/console/form', async (request) => {
    const { action } = parse(Ask, request.query, 'the button as ?action=')
    const form = await console.form(action, await actorOf(request, undefined))
    return 'fields' in form ? { form } : answer(form)
  })

  app.get('/api/console/messages', async (request, reply) => {
    const { change, epoch } = placeOf(request)
    reply.type('application/json; charset=utf-8')
    return sendPacked(request, reply, JSON.stringify(await console.after(change, epoch)))
  })

  app.get('/api/console/complete', async (request) => {
    const { text } = parse(Complete, request.query, 'the half-typed line as ?text=')
    return { completions: await console.complete(text) }
  })

  // No HEAD: it would open a stream that nobody reads.
  app.get('/api/console/events', { exposeHeadRoute: false }, async (request, reply) => {
    const after = placeOf(request)
    const { samples } = request.query as { readonly samples?: unknown }
    reply.hijack()
    try {
      await events.open(reply.raw, after, samples !== undefined)
    } catch (error) {
      // The head is out, so all that can be said is to come again.
      request.log.warn({ err: error }, 'event stream failed')
      reply.raw.destroy()
    }
  })
}

/** Who sent a request, which may say itself as whom (`given`). */
export type ActorOf = (request: FastifyRequest, given: string | undefined) => Promise<Actor>

/** Where a page stands: a reconnecting browser's `Last-Event-ID`, else `?after=`, else everything. */
function placeOf(request: FastifyRequest): Place {
  const { after } = request.query as { readonly after?: unknown }
  const last = parse(Cursor, request.headers['last-event-id'] ?? after ?? '', 'EPOCH.CHANGE or a change as ?after=')
  const [change = '', epoch = null] = last.split('.').toReversed()
  return { change: Number(change), epoch }
}

/** Who makes a request of the console; `given`: the name in its body, if it has one. */
export async function consoleActor(
  request: FastifyRequest,
  given: string | undefined,
  signIn: SignIn | null,
  people: Pick<ConsolePeople, 'names'>,
): Promise<Actor> {
  const declared = declaredName(request, given)
  const names = signIn?.person === null && declared !== '' ? await people.names() : []
  return actorIn(signIn, declared, names)
}

/**
 * Who it is: a person who signed in is who they are, whatever they say. The one who has the console's password goes by the
 * name they give, and never by that of another person; without a password everybody says who they are themselves.
 */
function actorIn(signIn: SignIn | null, declared: string, people: readonly string[]): Actor {
  const actor = (name: string, id = name): Actor => ({ id: personId(id), name, platform: 'console' })
  if (isSpinups(declared)) return actorIn(signIn, `${declared} (a person)`, people)
  if (signIn === null) return actor(declared || 'you')
  if (signIn.person !== null) return actor(signIn.person.name)
  const taken = people.some((name) => name.toLowerCase() === declared.toLowerCase())
  return actor(taken ? `${declared} (owner)` : declared || 'owner', 'owner')
}

/** As whom the history and approvals know somebody of that name. */
export function personId(name: string): string {
  return `console:${name.toLowerCase().replaceAll(/\s+/g, '-')}`
}

/** The body's `name`, or the `x-spinup-name` header (URI-encoded); empty: neither. */
function declaredName(request: FastifyRequest, given: string | undefined): string {
  const header = request.headers['x-spinup-name']
  return tidyName(given ?? (typeof header === 'string' ? decoded(header) : ''))
}

/** Whether a name would have what a person does look like the bot's own doing. */
export function isSpinups(name: string): boolean {
  return /^[\W_]*spinup[\W_]*$/i.test(name.normalize('NFKC'))
}

/** A name as it is kept: nothing unseen, at most 40 letters. */
export function tidyName(name: string): string {
  // Invisible and direction-changing characters could dress one person up as another.
  return cut(visible(name.normalize('NFC')).replaceAll(/\s+/g, ' ').trim(), 40)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function parse<T>(schema: z.ZodType<T>, input: unknown, wanted: string): T {
  const result = schema.safeParse(input, { error: inWords })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.message})`
  throw new SpinupError('badInput', `That request could not be read${where}. Send ${wanted}.`, { cause: result.error })
}

/** The kept entries, each a line of JSON, oldest first; of one pool (its id or name) or all. */
export interface AuditExport {
  lines(pool: string | null): AsyncIterable<string>
}

const Query = z.strictObject({ pool: z.string().min(1).max(64).optional() })

/** `GET /api/audit.ndjson`, with `?pool=` of one pool: the history as a file, as long as it is kept. */
export function addAuditExport(app: FastifyInstance, audit: AuditExport): void {
  app.get('/api/audit.ndjson', { exposeHeadRoute: false }, (request, reply) => {
    const query = Query.safeParse(request.query)
    if (!query.success)
      throw new SpinupError('badInput', 'The history is at /api/audit.ndjson, with ?pool=NAME of one pool.')
    const { pool = null } = query.data
    const name = pool === null ? 'spinup-audit' : `spinup-audit-${pool.replaceAll(/[^\w-]+/g, '-')}`
    return reply
      .type('application/x-ndjson; charset=utf-8')
      .header('content-disposition', `attachment; filename="${name}.ndjson"`)
      .header('cache-control', 'no-store')
      .send(Readable.from(ended(audit.lines(pool))))
  })
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}
