import { counts, inForce, type Member } from '../model/member.ts'
import type { Operation } from '../model/operation.ts'
import { SPINUP } from '../model/pool.ts'
import type { Replacement } from '../model/upkeep.ts'
import type { PoolState } from './state.ts'
import { duration } from '../model/words.ts'
import { refusalLeft } from '../operation/refused.ts'
import { backoffLeft } from '../policy/rules/backoff.ts'
import { oddityOf } from '../policy/findings/words.ts'
import { planArrival, planDeparture } from '../operation/plan.ts'
import { recall } from '../../engine/loop/memory.ts'
import { roomOf } from './capacity.ts'
import type { Session } from '../../engine/session.ts'

/** Whether upkeep may take members out by itself: in the other modes, and while paused, people do. */
export function actsAlone(state: PoolState, now: number): boolean {
  return state.pool.phase === 'ready' && state.pool.policy.mode === 'auto' && !inForce(state.pause, now)
}

/** Has another clone take the place of an unhealthy one: the new one first, or, where there is no room, the old one out. */
export function replace(session: Session, member: Member, forMs: number): void {
  const { now, services } = session
  const state = session.state()
  const why = `${member.id} has been unhealthy at the balancer for ${duration(Math.floor(forMs / 60_000) * 60_000)}`
  const room = roomOf(session)
  if (room.more < 1) {
    const reason = `${why}; ${room.limit} leaves no room for another first.`
    session.change(planDeparture(state, [member], { reason, actor: SPINUP, now, newId: services.newId }).change)
    return
  }
  orderAnother(session, member, why)
}

/** Has another clone made, after which `member` leaves; false: none can be made just now. `odd`: for what was found about it. */
export function orderAnother(session: Session, member: Member, why: string, odd?: true): boolean {
  const { now, services } = session
  const state = session.state()
  const { memory, upkeep } = state
  if (memory.stoppedAt !== null || backoffLeft(memory, now) > 0 || refusalLeft(upkeep.refused, now) > 0) return false
  const order = { reason: `${why}; another takes its place.`, actor: SPINUP, now, newId: services.newId }
  const from = state.members.filter((one) => counts(one)).length
  const plan = planArrival(state, 1, { ...order, from })
  session.change(plan.change)
  const replacing = { memberId: member.id, operationId: plan.operations[0]!.id, ...(odd === undefined ? {} : { odd }) }
  session.change({ upkeep: { ...upkeep, replacing } })
  return true
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
  const what = stillWrong(session, member, replacing)
  if (what === null || inForce(state.protections[member.id] ?? null, session.now)) return
  const reason = `${what}; ${made.memberId} has taken its place.`
  const order = { reason, actor: SPINUP, now: session.now, newId: session.services.newId }
  session.change(planDeparture(session.state(), [member], order).change)
}

/** What is wrong with it, in words; null: nothing any more. */
function stillWrong(session: Session, { id }: Member, { odd }: Replacement): string | null {
  if (odd === undefined) {
    return session.state().upkeep.sick[id] === undefined ? null : `${id} is unhealthy at the balancer`
  }
  return oddityOf(recall(session).load?.found.standing ?? {}, id)
}
