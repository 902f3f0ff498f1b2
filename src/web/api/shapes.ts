import { z } from 'zod'
import { counts, MEMBER_PHASES } from '../../core/model/member.ts'
import { MODES } from '../../core/model/policy.ts'
import { billed } from '../../core/pool/capacity.ts'
import type { PoolState } from '../../core/pool/state.ts'

/** How requests name a pool, how they do where one may be left out, and a time. */
export const POOL_NAME = z.string().min(1).max(255).describe('The name of a pool, or its id')
export const WHICH = POOL_NAME.optional().describe('The name of a pool; needed only where there are several')
export const AT = z.number().describe('Epoch ms')

const WAITS = z
  .strictObject({
    id: z.string().describe('Look at /api/requests/ID for what came of it'),
    until: AT.describe('Epoch ms; without an answer by then, nothing is done'),
  })
  .describe('A person has to say yes first: the team is asked in its channels')

/** What came of a change. */
export const DONE = z.strictObject({
  pool: z.string(),
  changed: z.boolean().describe('Whether anything was changed, or begun, by this'),
  message: z.string(),
  waits: WAITS.nullable(),
})
export type Done = z.infer<typeof DONE>

const MEMBER = z.strictObject({
  id: z.string(),
  role: z.enum(['origin', 'clone']),
  phase: z.enum(MEMBER_PHASES),
})

/** A pool with its members, what holds it, and what it did last. */
export const POOL = z.strictObject({
  id: z.string(),
  name: z.string(),
  phase: z.enum(['connecting', 'ready', 'disconnecting']),
  mode: z.enum(MODES),
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

/** A pool as the API shows it. */
export function poolOf(state: PoolState): z.infer<typeof POOL> {
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
