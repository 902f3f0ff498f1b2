import { z } from 'zod'
import { isDone } from '../../core/model/answer.ts'
import type { Scope } from '../../core/model/api-token.ts'
import { SpinupError } from '../../core/model/error.ts'
import { counts } from '../../core/model/member.ts'
import type { Asker, Platforms } from '../../core/model/platforms.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { View } from '../../core/model/view.ts'
import { POLICY_FIELDS, takePolicy } from '../../core/policy/fields.ts'
import { billed } from '../../core/pool/capacity.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { noSuchPool, poolCalled } from '../../core/pool/unmanaged.ts'
import type { Caller } from './guard.ts'
import { POLICY, SETTINGS } from './policy-schema.ts'

/** A change as the commands of the chat have it. */
export type ApiRequest =
  | { readonly kind: 'scale'; readonly count: number }
  | { readonly kind: 'refresh'; readonly choice: { readonly kind: 'graceful' | 'live' | 'stop' } }
  | {
      readonly kind: 'policy'
      readonly changes: Readonly<Record<string, string>>
      readonly exact: Readonly<Record<string, unknown>>
      readonly onlyIf?: string
    }

/** What the API works on: pools as they are, and the same commands as in chat. */
export interface ApiService {
  readonly platforms: Platforms
  /** A team's, oldest first. */
  pools(tenant: string | null): Promise<readonly PoolState[]>
  /** Does it as that person or program, with everything that is checked in chat; what waits for a person says so. */
  perform(request: ApiRequest, asker: Asker, poolId: string): Promise<readonly View[]>
  /** Tells two policies apart. */
  mark(policy: Policy): string
}

/** One thing the API does; the routes, the OpenAPI document and MCP's tools derive from it. */
export interface Verb<I, O> {
  /** As MCP calls it; also its operationId. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT'
  /** `{pool}` stands for that part of the input. */
  readonly path: string
  /** null: any token. */
  readonly scope: Scope | null
  readonly summary: string
  readonly input: z.ZodType<I>
  readonly output: z.ZodType<O>
  /** May answer 202: it waits for a person. */
  readonly changes: boolean
  run(service: ApiService, caller: Caller, input: I): Promise<O>
}

const POOL_NAME = z.string().min(1).max(255).describe('The name of a pool, or its id')
const WHICH = POOL_NAME.optional().describe('The name of a pool; needed only where there are several')
const AT = z.number().describe('Epoch ms')

const WAITS = z
  .strictObject({
    id: z.string().describe('Look at /api/requests/ID for what came of it'),
    until: AT.describe('Epoch ms; without an answer by then, nothing is done'),
  })
  .describe('A person has to say yes first: the team is asked in its channels')

const DONE = z.strictObject({
  pool: z.string(),
  changed: z.boolean().describe('Whether anything was changed, or begun, by this'),
  message: z.string(),
  waits: WAITS.nullable(),
})
type Done = z.infer<typeof DONE>

const MEMBER = z.strictObject({
  id: z.string(),
  role: z.enum(['origin', 'clone']),
  phase: z.enum(['creating', 'booting', 'joining', 'inService', 'draining', 'deleting', 'failed']),
})

const POOL = z.strictObject({
  id: z.string(),
  name: z.string(),
  phase: z.enum(['connecting', 'ready', 'disconnecting']),
  mode: z.enum(['auto', 'approve', 'observe']),
  size: z.int().describe('Members that are there or on their way in'),
  inService: z.int(),
  min: z.int(),
  max: z.int(),
  dollarsPerHour: z.number().describe('What all its droplets cost now, US dollars'),
  pinnedAt: z.int().nullable(),
  paused: z.boolean(),
  members: z.array(MEMBER),
  refresh: z
    .strictObject({
      stage: z.enum(['working', 'done', 'failed', 'stopped']),
      startedAt: AT,
      endedAt: AT.nullable(),
      failure: z.string().nullable(),
    })
    .nullable()
    .describe('The last one, also when it is over'),
  decision: z.strictObject({ at: AT, from: z.int(), to: z.int(), reason: z.string() }).nullable(),
})

/** Keeps the types of a verb's own input and output together. */
function verb<I, O>(made: Verb<I, O>): Verb<I, O> {
  return made
}

const pools = verb({
  name: 'list_pools',
  method: 'GET',
  path: '/api/pools',
  scope: 'read',
  summary: 'The pools that this token reaches, oldest first',
  input: z.strictObject({}),
  output: z.strictObject({ pools: z.array(POOL) }),
  changes: false,
  run: async (service, caller) => ({ pools: (await reached(service, caller)).map(poolOf) }),
})

const pool = verb({
  name: 'get_pool',
  method: 'GET',
  path: '/api/pools/{pool}',
  scope: 'read',
  summary: 'One pool: its members, what holds it, its last refresh and decision',
  input: z.strictObject({ pool: POOL_NAME }),
  output: POOL,
  changes: false,
  run: async (service, caller, { pool: name }) => poolOf(await chosen(service, caller, name)),
})

const refresh = verb({
  name: 'refresh',
  method: 'POST',
  path: '/api/refresh',
  scope: 'refresh',
  summary: 'After a deploy: a new snapshot, then new clones, one by one',
  input: z.strictObject({
    pool: WHICH,
    how: z
      .enum(['graceful', 'live', 'stop'])
      .default('graceful')
      .describe('graceful shuts the origin down for its snapshot; live does not; stop ends one that is under way'),
  }),
  output: DONE,
  changes: true,
  run: async (service, caller, { pool: name, how }) =>
    carriedOut(service, caller, name, { kind: 'refresh', choice: { kind: how } }),
})

const scale = verb({
  name: 'scale',
  method: 'POST',
  path: '/api/scale',
  scope: 'scale',
  summary: 'Go to a number of members now; the policy continues from there',
  input: z.strictObject({ pool: WHICH, count: z.int().min(1).max(9999).describe('How many members') }),
  output: DONE,
  changes: true,
  run: async (service, caller, { pool: name, count }) => carriedOut(service, caller, name, { kind: 'scale', count }),
})

const policy = verb({
  name: 'get_policy',
  method: 'GET',
  path: '/api/policy',
  scope: 'policy',
  summary: 'The policy of a pool in plain data, and its mark, which another policy does not have',
  input: z.strictObject({ pool: WHICH }),
  output: z.strictObject({ pool: z.string(), mark: z.string(), policy: POLICY }),
  changes: false,
  run: async (service, caller, { pool: name }) => {
    const { pool: found } = await chosen(service, caller, name)
    return { pool: found.name, mark: service.mark(found.policy), policy: { ...found.policy } }
  },
})

const setPolicy = verb({
  name: 'set_policy',
  method: 'PUT',
  path: '/api/policy',
  scope: 'policy',
  summary: 'Change settings of a policy, all or none; those that are left out stay as they are',
  input: z.strictObject({
    pool: WHICH,
    policy: SETTINGS,
    onlyIf: z
      .string()
      .max(64)
      .optional()
      .describe('The mark of the policy that this was made from; 409 when it is another'),
  }),
  output: DONE,
  changes: true,
  run: async (service, caller, { pool: name, policy: settings, onlyIf }) => {
    const { pool: found } = await chosen(service, caller, name)
    const wish = changesOf(found.policy, settings, service.platforms)
    const condition = onlyIf === undefined ? {} : { onlyIf }
    if (Object.keys(wish.changes).length === 0) {
      if (onlyIf !== undefined && onlyIf !== service.mark(found.policy)) throw changedSince(found.name)
      return {
        pool: found.name,
        changed: false,
        message: `The policy of ${found.name} already says that.`,
        waits: null,
      }
    }
    return carriedOut(service, caller, found.id, { kind: 'policy', ...wish, ...condition })
  },
})

const request = verb({
  name: 'get_request',
  method: 'GET',
  path: '/api/requests/{id}',
  scope: null,
  summary: 'What came of something that waited for a person',
  input: z.strictObject({ id: z.string().max(64) }),
  output: z.strictObject({
    id: z.string(),
    pool: z.string(),
    line: z.string().describe('What was asked for, as it is typed in chat'),
    state: z.enum(['open', 'allowed', 'refused', 'expired']),
    by: z.string().nullable().describe('Who answered'),
    until: AT,
  }),
  changes: false,
  run: async (service, caller, { id }) => {
    for (const { asked, pool: of } of await reached(service, caller)) {
      const one = asked.find((known) => known.id === id)
      if (one === undefined) continue
      const { line, state, by, deadlineAt } = one
      return { id, pool: of.name, line, state, by: by?.name ?? null, until: deadlineAt }
    }
    throw new SpinupError('notFound', 'There is no such request, or it is no longer known.')
  },
})

/** Everything the API does. Each is given only what its own schema has read. */
export const VERBS = [pools, pool, refresh, scale, policy, setPolicy, request] as unknown as readonly Verb<
  unknown,
  object
>[]

/** What was given as the verb's schema has it. Throws `badInput` that names what is wrong. */
export function readInput<I>(verb: Verb<I, object>, given: unknown): I {
  const result = verb.input.safeParse(given)
  if (result.success) return result.data
  const issues = result.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
  throw new SpinupError('badInput', `That is not what ${verb.name} takes: ${issues.join('; ')}.`)
}

/** What the caller may see, oldest first. */
async function reached(service: ApiService, { asker, reaches }: Caller): Promise<readonly PoolState[]> {
  return (await service.pools(asker.place.tenant)).filter((state) => reaches(state.pool.id))
}

/** The pool that is meant: the one named, or the only one. Throws `notFound`, and `badInput` where it is one of several. */
async function chosen(service: ApiService, caller: Caller, name: string | undefined): Promise<PoolState> {
  const states = await reached(service, caller)
  const all = states.map((state) => state.pool)
  const names = all.map((one) => one.name)
  if (name === undefined && states.length > 1) {
    throw new SpinupError('badInput', `Which pool? There are ${names.join(', ')}: name one as "pool".`)
  }
  const found = name === undefined ? all[0] : poolCalled(all, name)
  const state = states.find((one) => one.pool === found)
  if (state === undefined) throw noSuchPool(name ?? 'that', names)
  return state
}

async function carriedOut(
  service: ApiService,
  caller: Caller,
  name: string | undefined,
  wish: ApiRequest,
): Promise<Done> {
  const { id, name: called } = (await chosen(service, caller, name)).pool
  const views = await service.perform(wish, caller.asker, id)
  const waiting = views
    .map((view) => (view.kind === 'answer' ? view.waits : undefined))
    .find((one) => one !== undefined)
  const message = views.map(wordsOf).join(' ') || 'Begun: the card in the channel shows the progress.'
  if (waiting === undefined) return { pool: called, changed: views.length === 0 || isDone(views), message, waits: null }
  const asked = (await service.pools(caller.asker.place.tenant)).flatMap((state) => state.asked)
  const until = asked.find((one) => one.id === waiting)?.deadlineAt ?? 0
  return { pool: called, changed: false, message, waits: { id: waiting, until } }
}

function wordsOf(view: View): string {
  switch (view.kind) {
    case 'answer':
      return view.text === '' ? view.title : `${view.title}. ${view.text}`
    case 'policy':
      return view.changed.length === 0 ? 'The policy says that already.' : `Set: ${view.changed.join(', ')}.`
    default:
      return ''
  }
}

/** What these settings change of the policy: by name and as it is typed, and exactly. Throws `badInput`. */
function changesOf(
  before: Policy,
  settings: Readonly<Record<string, unknown>>,
  platforms: Platforms,
): { readonly changes: Readonly<Record<string, string>>; readonly exact: Readonly<Record<string, unknown>> } {
  const after = takePolicy(before, settings, platforms)
  const changed = POLICY_FIELDS.filter(({ read }) => read(after) !== read(before))
  return {
    changes: Object.fromEntries(changed.map(({ name, read }) => [name, read(after)])),
    exact: Object.fromEntries(changed.map(({ key }) => [key, after[key]])),
  }
}

function changedSince(pool: string): SpinupError {
  return new SpinupError('conflict', `The policy of ${pool} has changed since, so nothing was set. Read it again.`)
}

function poolOf(state: PoolState): z.infer<typeof POOL> {
  const { pool: of, members, pin, pause, refresh: last, decision } = state
  return {
    id: of.id,
    name: of.name,
    phase: of.phase,
    mode: of.policy.mode,
    size: members.filter(counts).length,
    inService: members.filter(({ phase }) => phase === 'inService').length,
    min: of.policy.min,
    max: of.policy.max,
    dollarsPerHour: billed(state).dollarsPerHour,
    pinnedAt: pin?.count ?? null,
    paused: pause !== null,
    members: members.map(({ id, role, phase }) => ({ id, role, phase })),
    refresh:
      last === null
        ? null
        : { stage: last.stage, startedAt: last.startedAt, endedAt: last.endedAt, failure: last.failure },
    decision:
      decision === null ? null : { at: decision.at, from: decision.from, to: decision.to, reason: decision.reason },
  }
}
