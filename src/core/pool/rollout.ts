import { counts, inForce, type Member } from '../model/member.ts'
import type { Operation } from '../model/operation.ts'
import type { Refresh, RefreshMove } from '../model/refresh.ts'
import type { PoolState } from './state.ts'
import { clause, duration, plural } from '../model/words.ts'
import { neverMade } from '../operation/learn.ts'
import { refusalLeft } from '../operation/refused.ts'
import { backoffLeft } from '../policy/rules/backoff.ts'
import { FAILURES_TO_STOP } from '../policy/rules/breaker.ts'
import type { Capacity } from './capacity.ts'

/** What a refresh does next. */
export type Advance =
  | { readonly kind: 'wait'; readonly why: string | null }
  | { readonly kind: 'cover' }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'in' }
  | { readonly kind: 'out'; readonly member: Member }
  | { readonly kind: 'end'; readonly stage: 'done' | 'failed' | 'stopped'; readonly failure: string | null }

const wait = (why: string): Advance => ({ kind: 'wait', why })
const end = (stage: 'done' | 'failed' | 'stopped', failure: string | null = null): Advance => ({
  kind: 'end',
  stage,
  failure,
})

/** The next thing to do; pure. Asked only while nothing of the refresh is under way. */
export function advance(state: PoolState, refresh: Refresh, capacity: Capacity, now: number): Advance {
  if (refresh.failure !== null) return end('failed', refresh.failure)
  if (refresh.stopping) return end('stopped')
  const origin = state.members.find((member) => member.role === 'origin')
  if (refresh.step === 'cover') return covering(state, refresh, capacity, now)
  if (refresh.step === 'snapshot') {
    if (origin === undefined || origin.dropletId === null) return end('failed', 'the pool has no origin')
    if (origin.phase !== 'inService') return wait(`Waiting for ${origin.id}, which is ${origin.phase}.`)
    return { kind: 'snapshot' }
  }
  return rolling(state, refresh, capacity, now)
}

/** Someone has to carry the traffic while the origin is away. */
function covering(state: PoolState, refresh: Refresh, capacity: Capacity, now: number): Advance {
  const { members, pool } = state
  const clones = members.filter((member) => member.role === 'clone' && counts(member))
  const carries = clones.some(
    (member) => member.phase === 'inService' && state.upkeep.unhealthy[member.id] === undefined,
  )
  // Before the first snapshot there is nothing to make a clone of.
  if (refresh.live || pool.snapshotId === null) return { kind: 'snapshot' }
  if (carries && (refresh.cover !== null || canSpareOne(state))) return { kind: 'snapshot' }
  const coming = clones.find((member) => member.phase !== 'inService')
  if (coming !== undefined) return wait(`Waiting for ${coming.id} to come in and carry the traffic.`)
  const trouble = cannotCreate(state, now)
  // Those who serve have to do without the origin for a while, as no other is available.
  if (carries && (trouble !== null || capacity.more < 1)) return { kind: 'snapshot' }
  if (trouble !== null) return trouble
  return capacity.more >= 1
    ? { kind: 'cover' }
    : end('failed', `${capacity.limit} allows no clone to carry the traffic meanwhile`)
}

/** One by one: the new clone in service first, then an old one out; at the maximum the other way round, if the load allows. */
function rolling(state: PoolState, refresh: Refresh, capacity: Capacity, now: number): Advance {
  const old = stale(state)
  const ready = old.filter((member) => member.phase === 'inService' && !spared(state, member, now))
  if (refresh.owed > 0 && ready.length > 0) return { kind: 'out', member: ready[0]! }
  if (refresh.owed < 0 && capacity.more >= 1) return cannotCreate(state, now) ?? { kind: 'in' }
  if (ready.length === 0) {
    const coming = old.find((member) => member.phase !== 'inService' && counts(member))
    return coming === undefined ? end('done') : wait(`Waiting for ${coming.id} to come in; it is of the old snapshot.`)
  }
  if (capacity.more >= 1) return cannotCreate(state, now) ?? { kind: 'in' }
  if (canSpareOne(state)) return { kind: 'out', member: ready[0]! }
  return wait(
    `${capacity.limit} allows no new clone first, and under this load none can be spared: waiting until one of the two changes.`,
  )
}

/** Clones that are not of the pool's present snapshot, oldest first. */
export function stale({ members, pool }: PoolState): readonly Member[] {
  return members.filter((member) => member.role === 'clone' && counts(member) && member.snapshotId !== pool.snapshotId)
}

export function spared(state: PoolState, member: Member, now: number): boolean {
  return inForce(state.protections[member.id] ?? null, now)
}

/** Whether the load fits on one member less. */
export function canSpareOne({ members, memory }: PoolState): boolean {
  const serving = members.filter((member) => member.phase === 'inService').length
  const need = memory.load?.need ?? null
  return need !== null && serving > 1 && need.members <= serving - 1
}

/** After failures: stop for good, or wait as any other clone would. */
function cannotCreate({ memory, upkeep }: PoolState, now: number): Advance | null {
  if (memory.stoppedAt !== null) {
    return end('failed', 'clones failed in a row and creating is stopped until somebody says to try again')
  }
  if (upkeep.refused?.forGood === true && upkeep.refused.tries >= FAILURES_TO_STOP) {
    return end('failed', `no clone can be made: ${upkeep.refused.said}`)
  }
  if (upkeep.refused !== null && refusalLeft(upkeep.refused, now) > 0) {
    return wait(`No droplet can be made right now; it is tried again. ${upkeep.refused.said}`)
  }
  if (backoffLeft(memory, now) <= 0) return null
  return wait(`${plural(memory.failures, 'clone')} failed in a row: trying again in a moment.`)
}

/** The refresh once the operation it was waiting for has ended; `ended` null: its record is lost. */
export function book(refresh: Refresh, ended: Operation | null, now: number): Refresh {
  const { operationId } = refresh
  const failed = ended?.state.kind !== 'done'
  const reason = ended === null ? 'its record is lost' : ended.failure
  const settle = (move: RefreshMove): RefreshMove =>
    move.operationId === operationId
      ? {
          ...move,
          state: failed || lostSnapshot(move, ended) ? 'failed' : 'done',
          tookMs: now - move.startedAt,
          reason,
          ...(ended?.instead === undefined ? {} : { instead: ended.instead }),
        }
      : move
  const booked: Refresh = { ...refresh, operationId: null, waiting: null, moves: refresh.moves.map(settle) }
  const move = booked.moves.find((one) => one.operationId === operationId)
  switch (move?.way) {
    case 'cover':
      // None was available: it is tried again.
      if (ended !== null && neverMade(ended) && ended.forGood !== true) return booked
      return failed
        ? {
            ...booked,
            failure: `no clone could be made to carry the traffic meanwhile (${clause(reason ?? 'unknown')})`,
          }
        : { ...booked, cover: move.memberId }
    case 'snapshot':
      return move.state === 'failed'
        ? { ...booked, failure: reason ?? 'the snapshot did not complete' }
        : { ...booked, step: 'roll', snapshotId: ended?.snapshotId ?? null }
    case 'in':
      return failed ? booked : { ...booked, owed: refresh.owed + 1 }
    case 'out':
      return failed ? booked : { ...booked, owed: Math.max(-1, refresh.owed - 1) }
    default:
      return booked
  }
}

/** An origin that is back with no snapshot taken: its operation ended well, the refresh did not. */
function lostSnapshot(move: RefreshMove, ended: Operation | null): boolean {
  return move.way === 'snapshot' && (ended === null || ended.snapshotId === null)
}

/** The refresh in a sentence, for the history. */
export function outcome(refresh: Refresh, now: number): string {
  const made = refresh.moves.filter((move) => move.way === 'in' && move.state === 'done').length
  const took = duration(now - refresh.startedAt)
  if (refresh.stage === 'done') return `${plural(made, 'new clone')} in ${took}`
  return refresh.stage === 'stopped'
    ? `stopped after ${took}, ${plural(made, 'new clone')}`
    : `failed: ${refresh.failure ?? ''}`
}
