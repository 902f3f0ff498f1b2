import type { Decision } from '../core/model/decision.ts'
import { inForce, type Member } from '../core/model/member.ts'
import type { Operation } from '../core/model/operation.ts'
import type { Actor } from '../core/model/pool.ts'
import type { Episode, PoolState } from '../core/model/state.ts'
import { begin } from '../core/operation/next.ts'
import { remember } from '../core/policy/decide.ts'
import type { StateChange } from '../store/state-fields.ts'

/** A decision as records to save: members, their operations, and the episode that tells of them. */
export interface Plan {
  readonly episode: Episode
  readonly members: readonly Member[]
  readonly operations: readonly Operation[]
  readonly change: StateChange
}

/** Turns a decision into operations; saved whole before any of them acts. `newId` gives fresh random ids. */
export function plan(
  state: PoolState,
  decision: Decision,
  actor: Actor,
  now: number,
  newId: () => string,
): Plan | null {
  const count = Math.abs(decision.to - decision.from)
  if (count === 0) return null
  const episodeId = newId()
  const pairs =
    decision.kind === 'scaleOut'
      ? Array.from({ length: count }, (_, index) => arriving(state, index, episodeId, actor, now, newId()))
      : leaving(state, count, now).map((member) => departing(member, episodeId, actor, now, newId()))
  if (pairs.length === 0) return null
  const operations = pairs.map((pair) => pair.operation)
  const members = pairs.map((pair) => pair.member)
  const episode: Episode = {
    id: episodeId,
    direction: decision.kind === 'scaleOut' ? 'out' : 'in',
    from: decision.from,
    to: decision.kind === 'scaleOut' ? decision.to : decision.from - pairs.length,
    reason: decision.reason,
    startedAt: now,
    endedAt: null,
    actor,
    operationIds: operations.map((operation) => operation.id),
    outcomes: {},
  }
  return {
    episode,
    members,
    operations,
    change: {
      members: { put: members },
      operations: { put: operations },
      episodes: { put: [episode] },
      memory: remember(state.memory, decision),
      ...(decision.kind === 'scaleOut' ? { nextMember: state.nextMember + count } : {}),
    },
  }
}

interface Pair {
  readonly member: Member
  readonly operation: Operation
}

function arriving(
  state: PoolState,
  index: number,
  episodeId: string,
  actor: Actor,
  now: number,
  operationId: string,
): Pair {
  const { pool } = state
  const memberId = `${pool.name}-${state.nextMember + index}`
  return {
    member: {
      id: memberId,
      poolId: pool.id,
      role: 'clone',
      phase: 'creating',
      phaseAt: now,
      createdAt: now,
      dropletId: null,
      url: null,
      operationId,
      failure: null,
    },
    operation: begin({
      id: operationId,
      poolId: pool.id,
      kind: 'scaleOut',
      memberId,
      episodeId,
      actor,
      now,
      snapshotId: pool.snapshotId,
    }),
  }
}

function departing(member: Member, episodeId: string, actor: Actor, now: number, operationId: string): Pair {
  return {
    member: { ...member, phase: 'draining', phaseAt: now, operationId },
    operation: begin({
      id: operationId,
      poolId: member.poolId,
      kind: 'scaleIn',
      memberId: member.id,
      episodeId,
      actor,
      now,
      dropletId: member.dropletId,
      url: member.url,
    }),
  }
}

/** The newest unprotected clones in service: older ones have proven themselves and warmed their caches. */
export function leaving(state: PoolState, count: number, now: number): readonly Member[] {
  return state.members
    .filter((member) => member.role === 'clone' && member.phase === 'inService')
    .filter((member) => !inForce(state.protections[member.id] ?? null, now))
    .toSorted((a, b) => b.createdAt - a.createdAt || b.id.localeCompare(a.id))
    .slice(0, count)
}
