import { counts, inForce, type Member } from '../../core/model/member.ts'
import type { Operation } from '../../core/model/operation.ts'
import { SPINUP } from '../../core/model/pool.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { duration } from '../../core/model/words.ts'
import { refusalLeft } from '../../core/operation/refused.ts'
import { backoffLeft } from '../../core/policy/rules/backoff.ts'
import { planArrival, planDeparture } from '../plan.ts'
import { roomOf } from '../room.ts'
import type { Session } from '../session.ts'

/** Whether upkeep may take members out by itself: in the other modes, and while paused, people do. */
export function actsAlone(state: PoolState, now: number): boolean {
  return state.pool.phase === 'ready' && state.pool.policy.mode === 'auto' && !inForce(state.pause, now)
}

/** Has another clone take the place of an unhealthy one: the new one first, or, where there is no room, the old one out. */
export function replace(session: Session, member: Member, forMs: number): void {
  const { now, services } = session
  const state = session.state()
  const { memory, upkeep } = state
  const size = state.members.filter((one) => counts(one)).length
  const why = `${member.id} has been unhealthy at the balancer for ${duration(Math.floor(forMs / 60_000) * 60_000)}`
  const room = roomOf(session)
  if (room.more < 1) {
    const reason = `${why}; ${room.limit} leaves no room for another first.`
    session.change(planDeparture(state, [member], { reason, actor: SPINUP, now, newId: services.newId }).change)
    return
  }
  if (memory.stoppedAt !== null || backoffLeft(memory, now) > 0 || refusalLeft(upkeep.refused, now) > 0) return
  const order = { reason: `${why}; another takes its place.`, actor: SPINUP, now, newId: services.newId }
  const plan = planArrival(state, 1, { ...order, from: size })
  session.change(plan.change)
  session.change({ upkeep: { ...upkeep, replacing: { memberId: member.id, operationId: plan.operations[0]!.id } } })
}

/** Once the new clone is in service, the one it was made for leaves, unless it has recovered. */
export function followReplacement(session: Session, finished: readonly Operation[]): void {
  const state = session.state()
  const { replacing } = state.upkeep
  if (replacing === null) return
  if (state.operations.some((one) => one.id === replacing.operationId)) return
  session.change({ upkeep: { ...state.upkeep, replacing: null } })
  const made = finished.find((one) => one.id === replacing.operationId)
  const member = state.members.find((one) => one.id === replacing.memberId)
  if (made?.state.kind !== 'done' || member?.phase !== 'inService') return
  if (state.upkeep.sick[member.id] === undefined) return
  const reason = `${member.id} is unhealthy at the balancer; ${made.memberId} has taken its place.`
  const order = { reason, actor: SPINUP, now: session.now, newId: session.services.newId }
  session.change(planDeparture(session.state(), [member], order).change)
}
