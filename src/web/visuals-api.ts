import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SpinupError } from '../core/model/error.ts'
import { parseDuration } from '../core/model/words.ts'
import type { ChartTheme } from '../core/model/chart.ts'
import type { Caller } from './api/guard.ts'
import type { Attempted, Saved, VisualKept, VisualsListed } from '../core/visual/answers.ts'

// Fastify awaits its handlers and answers what they throw.
/* oxlint-disable oxc/no-async-endpoint-handlers */

/** What a picture is of. */
interface Of {
  /** null: the team's only or first one. */
  readonly pool: string | null
  readonly of: readonly string[]
  /** null: as the module says. */
  readonly rangeMs: number | null
  readonly options: Readonly<Record<string, string>>
}

/** What a module is tried with. */
export interface AttemptOrder extends Of {
  readonly source: string
  readonly theme: ChartTheme
}

/** What is to be shown, where; null: the caller's own channel, now. */
export interface ShowOrder extends Of {
  readonly name: string
  readonly every: string | null
  readonly place: string | null
}

/** Who calls, and the pools that it may see. */
export type VisualsCaller = Pick<Caller, 'asker' | 'reaches'>

/** A team's visualisations, as programs and the editor reach them. What changes something is guarded and kept as in chat. */
export interface VisualsService {
  list(caller: VisualsCaller): Promise<VisualsListed>
  /** `version` null: the newest. Throws `notFound`. */
  one(caller: VisualsCaller, name: string, version: number | null): Promise<VisualKept>
  /** `over`: the version it was made from, 0: none; throws `conflict` where there is another. null: whatever there is. */
  save(caller: VisualsCaller, name: string, source: string, over: number | null): Promise<Saved>
  undo(caller: VisualsCaller, name: string, version: number | null): Promise<Saved>
  remove(caller: VisualsCaller, name: string): Promise<void>
  /** Shows one in a channel, now or (`every`: `mon 9:00`) from now on; gives what was said of it there. */
  show(caller: VisualsCaller, order: ShowOrder): Promise<string>
  attempt(caller: VisualsCaller, order: AttemptOrder): Promise<Attempted>
  /** To begin with: the template first. */
  examples(): Promise<readonly { readonly name: string; readonly source: string }[]>
}

/** A source of 64 KiB, each letter escaped. */
const BODY = { bodyLimit: 400_000 }

const Save = z.object({ name: z.string().max(80), source: z.string(), over: z.number().int().min(0).optional() })
const Version = z.object({ version: z.coerce.number().int().positive().optional() })
const Of = z.object({
  pool: z.string().max(80).optional(),
  of: z.array(z.string().max(80)).max(8).default([]),
  last: z.string().max(20).optional(),
  options: z.record(z.string().max(32), z.string().max(200)).default({}),
})
const Attempt = Of.extend({ source: z.string().max(200_000), theme: z.enum(['dark', 'light']).default('dark') })
const Show = Of.extend({ every: z.string().max(80).optional(), place: z.string().max(200).optional() })

/**
 * `GET /api/visuals` lists them, `POST` `{name, source}` keeps one; `GET /api/visuals/NAME` has its source and versions,
 * `POST …/undo` brings one back, `DELETE` takes it away, `POST …/show` shows it in a channel; `POST /api/visuals/attempt` draws what is being written and keeps
 * nothing. `callerOf`: whose visualisations they are, who asks, and of which pools.
 */
export function addVisualsApi(
  app: FastifyInstance,
  {
    visuals,
    callerOf,
  }: { readonly visuals: VisualsService; readonly callerOf: (request: FastifyRequest) => VisualsCaller },
): void {
  const nameIn = (request: FastifyRequest): string => (request.params as { readonly name: string }).name.slice(0, 80)

  app.get('/api/visuals', (request) => visuals.list(callerOf(request)))

  app.post('/api/visuals', BODY, async (request) => {
    const like = 'a JSON body like {"name": "bubbles", "source": "export default …"}'
    const { name, source, over = null } = read(Save, request.body, like)
    return visuals.save(callerOf(request), name, source, over)
  })

  app.post('/api/visuals/attempt', BODY, async (request): Promise<Attempted> => {
    const {
      pool = null,
      last,
      ...order
    } = read(Attempt, request.body, 'a JSON body like {"source": "export default …"}')
    return visuals.attempt(callerOf(request), { ...order, pool, rangeMs: rangeIn(last) })
  })

  app.get('/api/visual-examples', async () => ({ examples: await visuals.examples() }))

  app.get('/api/visuals/:name', async (request) => {
    const { version = null } = read(Version, request.query, 'the version as ?version=2')
    return visuals.one(callerOf(request), nameIn(request), version)
  })

  app.post('/api/visuals/:name/show', async (request) => {
    const order = read(Show, request.body, 'a JSON body like {"of": ["tags"], "last": "1d", "every": "mon 9:00"}')
    const { pool = null, last, every = null, place = null, ...rest } = order
    const wanted = { ...rest, name: nameIn(request), pool, every, place, rangeMs: rangeIn(last) }
    return { text: await visuals.show(callerOf(request), wanted) }
  })

  app.post('/api/visuals/:name/undo', async (request) => {
    const { version = null } = read(Version, request.body ?? {}, 'a JSON body like {"version": 2}, or {}')
    return visuals.undo(callerOf(request), nameIn(request), version)
  })

  app.delete('/api/visuals/:name', async (request) => {
    await visuals.remove(callerOf(request), nameIn(request))
    return { removed: nameIn(request) }
  })
}

/** ms; null: nothing is said. Throws `badInput`. */
function rangeIn(last = ''): number | null {
  if (last === '') return null
  const rangeMs = parseDuration(last)
  if (rangeMs === null) throw new SpinupError('badInput', `“${last}” is not a duration; write 6h, 1d or 28d.`)
  return rangeMs
}

function read<T>(schema: z.ZodType<T>, input: unknown, wanted: string): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')}: ${issue.message})`
  throw new SpinupError('badInput', `That request could not be read${where}. Send ${wanted}.`)
}
