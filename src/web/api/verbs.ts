import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { POLICY, SETTINGS } from './policy-schema.ts'
import { carriedOut, changedSince, changesOf, chosen, reached } from './service.ts'
import { AT, DONE, POOL, POOL_NAME, poolOf, WHICH } from './shapes.ts'
import { STATS_VERBS } from './stats.ts'
import { verb, type AnyVerb } from './verb.ts'
import { VISUALS_VERBS } from './visuals.ts'

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
  example: { pool: 'web', how: 'graceful' },
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
  example: { pool: 'web', count: 3 },
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
  example: { pool: 'web', policy: { max: 6 } },
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
export const VERBS = [
  pools,
  pool,
  ...STATS_VERBS,
  refresh,
  scale,
  policy,
  setPolicy,
  ...VISUALS_VERBS,
  request,
] as unknown as readonly AnyVerb[]
