import type { Decision } from '../model/decision.ts'
import { counts, inForce, type Member } from '../model/member.ts'
import type { Operation, Step } from '../model/operation.ts'
import type { Actor } from '../model/pool.ts'
import type { Episode } from '../model/state.ts'
import type { PoolState, StateChange } from '../pool/state.ts'
import { begin } from './next.ts'
import { remember } from '../policy/decide.ts'
import { byPeople, sharing } from '../pool/episodes.ts'

/** A decision as records to save: members, their operations, and the episode that tells of them. */
export interface Plan {
  readonly episode: Episode
  readonly members: readonly Member[]
  readonly operations: readonly Operation[]
  readonly change: StateChange
}

/** Who wants it, why and when; `newId` gives fresh random ids. */
export interface Order {
  readonly reason: string
  readonly actor: Actor
  readonly now: number
  readonly newId: () => string
  /** What else its card tells. */
  readonly cause?: Cause
  readonly episodeId?: string | undefined
}

type Cause = Pick<Episode, 'decisionId' | 'rule' | 'detectedAt' | 'cardId'>

/**
 * Turns a decision into operations; saved whole before any of them acts. `newId` gives fresh random ids; `episodeId`:
 * the one that was announced when the team was asked.
 */
export function plan(
  state: PoolState,
  decision: Decision,
  actor: Actor,
  now: number,
  newId: () => string,
  episodeId?: string,
): Plan | null {
  const count = Math.abs(decision.to - decision.from)
  if (count === 0) return null
  const direction = decision.kind === 'scaleOut' ? 'out' : 'in'
  const { rule, since } = decision
  const cause = {
    decisionId: decision.id,
    rule,
    ...(since === undefined || byPeople(rule) ? {} : { detectedAt: since }),
    // The team was asked on a card of its own, and it goes on there.
    ...(episodeId === undefined ? sharedCard(state, { direction, rule }, now) : {}),
  }
  const order = { reason: decision.reason, actor, now, newId, from: decision.from, cause, episodeId }
  const leavers = decision.kind === 'scaleOut' ? [] : leaving(state, count, now)
  if (decision.kind !== 'scaleOut' && leavers.length === 0) return null
  const made = decision.kind === 'scaleOut' ? planArrival(state, count, order) : planDeparture(state, leavers, order)
  return { ...made, change: { ...made.change, memory: remember(state.memory, decision) } }
}

/** The card of what this goes on with: of earlier tries, while the provider made no droplet, or of the crowd that it is of. */
function sharedCard(
  state: PoolState,
  begins: Pick<Episode, 'direction' | 'rule'>,
  now: number,
): Pick<Episode, 'cardId'> {
  const { refused } = state.upkeep
  // Who asks by hand gets a card to look at, not the edit of one further up.
  if (refused !== null && begins.direction === 'out' && begins.rule !== 'manual') return { cardId: refused.cardId }
  return sharing(state, begins, now)
}

/** `count` new clones, whatever the load says. */
export function planArrival(state: PoolState, count: number, order: Order & { readonly from: number }): Plan {
  const episodeId = order.episodeId ?? order.newId()
  const pairs = Array.from({ length: count }, (_, index) =>
    arriving(state, index, { ...order, episodeId, operationId: order.newId() }),
  )
  const made = planned(pairs, { ...order, id: episodeId, direction: 'out', to: order.from + count })
  return { ...made, change: { ...made.change, nextMember: state.nextMember + count } }
}

/** These leave, whatever the load says; `step`: beginning later than with draining, because nobody is served any more. */
export function planDeparture(
  state: PoolState,
  members: readonly Member[],
  order: Order & { readonly from?: number; readonly step?: Step },
): Plan {
  const episodeId = order.episodeId ?? order.newId()
  const from = order.from ?? state.members.filter((member) => counts(member)).length
  const pairs = members.map((member) => departing(member, { ...order, episodeId, operationId: order.newId() }))
  return planned(pairs, { ...order, from, id: episodeId, direction: 'in', to: from - members.length })
}

/** A member on its way, and the operation that brings or takes it. */
export interface Pair {
  readonly member: Member
  readonly operation: Operation
}

interface PairOrder {
  readonly episodeId: string
  readonly operationId: string
  readonly actor: Actor
  readonly now: number
}

/** The pool's next clone but `index`. */
export function arriving(state: PoolState, index: number, order: PairOrder): Pair {
  const { pool } = state
  const { episodeId, operationId, actor, now } = order
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
      snapshotId: pool.snapshotId,
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

/** A member that leaves from now on. */
export function departing(member: Member, order: PairOrder & { readonly step?: Step }): Pair {
  const { episodeId, operationId, actor, now, step } = order
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
      memberSince: member.createdAt,
      ...(step === undefined ? {} : { step }),
    }),
  }
}

function planned(
  pairs: readonly Pair[],
  order: Pick<Episode, 'id' | 'direction' | 'from' | 'to' | 'reason' | 'actor'> & Pick<Order, 'now' | 'cause'>,
): Plan {
  const operations = pairs.map((pair) => pair.operation)
  const members = pairs.map((pair) => pair.member)
  const { id, direction, from, to, reason, actor, now, cause = {} } = order
  const episode: Episode = {
    id,
    direction,
    from,
    to,
    reason,
    startedAt: now,
    endedAt: null,
    actor,
    operationIds: operations.map((operation) => operation.id),
    outcomes: {},
    ...cause,
  }
  const change = { members: { put: members }, operations: { put: operations }, episodes: { put: [episode] } }
  return { episode, members, operations, change }
}

/**
 * Unprotected clones in service: first those the balancer finds unhealthy, then those of an older snapshot, then the
 * newest, because older ones have proven themselves and warmed their caches. Never the last member in service.
 */
export function leaving(state: PoolState, count: number, now: number): readonly Member[] {
  const rank = (member: Member): number => {
    if (state.upkeep.unhealthy[member.id] !== undefined) return 0
    return member.snapshotId !== undefined && member.snapshotId !== state.pool.snapshotId ? 1 : 2
  }
  const serving = state.members.filter((member) => member.phase === 'inService').length
  return state.members
    .filter((member) => member.role === 'clone' && member.phase === 'inService')
    .filter((member) => !inForce(state.protections[member.id] ?? null, now))
    .toSorted((a, b) => rank(a) - rank(b) || b.createdAt - a.createdAt || b.id.localeCompare(a.id))
    .slice(0, Math.max(0, Math.min(count, serving - 1)))
}
