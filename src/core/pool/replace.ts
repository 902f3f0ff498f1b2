import { counts, inForce, type Member } from '../model/member.ts'
import type { Operation } from '../model/operation.ts'
import { SPINUP } from '../model/pool.ts'
import type { Standing } from '../model/finding.ts'
import type { Replacement } from '../model/upkeep.ts'
import type { PoolState } from './state.ts'
import { duration } from '../model/words.ts'
import { refusalLeft } from '../operation/refused.ts'
import { backoffLeft } from '../policy/rules/backoff.ts'
import { oddityOf } from '../policy/findings/words.ts'
import { planArrival, planDeparture } from '../operation/plan.ts'
import { capacityOf } from './capacity.ts'
import type { Draft } from './draft.ts'

/** Whether upkeep may take members out by itself: in the other modes, and while paused, people do. */
export function actsAlone(state: PoolState, now: number): boolean {
  return state.pool.phase === 'ready' && state.pool.policy.mode === 'auto' && !inForce(state.pause, now)
}

/** Has another clone take the place of an unhealthy one: the new one first, or, where there is no room, the old one out. */
export function replace(draft: Draft, member: Member, forMs: number): void {
  const { now, newId } = draft
  const state = draft.state()
  const why = `${member.id} has been unhealthy at the balancer for ${duration(Math.floor(forMs / 60_000) * 60_000)}`
  const capacity = capacityOf(draft)
  if (capacity.more < 1) {
    const reason = `${why}; ${capacity.limit} does not allow a new one first.`
    draft.change(planDeparture(state, [member], { reason, actor: SPINUP, now, newId }).change)
    return
  }
  orderAnother(draft, member, why)
}

/** Has another clone made, after which `member` leaves; false: none can be made right now. `odd`: for what was found about it. */
function orderAnother(draft: Draft, member: Member, why: string, odd?: true): boolean {
  const { now, newId } = draft
  const state = draft.state()
  const { memory, upkeep } = state
  if (memory.stoppedAt !== null || backoffLeft(memory, now) > 0 || refusalLeft(upkeep.refused, now) > 0) return false
  const order = { reason: `${why}; another takes its place.`, actor: SPINUP, now, newId }
  const from = state.members.filter((one) => counts(one)).length
  const plan = planArrival(state, 1, { ...order, from })
  draft.change(plan.change)
  const replacing = { memberId: member.id, operationId: plan.operations[0]!.id, ...(odd === undefined ? {} : { odd }) }
  draft.change({ upkeep: { ...upkeep, replacing } })
  return true
}

/** Once the new clone is in service, the one it was made for leaves, unless it has recovered. */
export function followReplacement(draft: Draft, finished: readonly Operation[]): void {
  const state = draft.state()
  const { replacing } = state.upkeep
  if (replacing === null) return
  if (state.operations.some((one) => one.id === replacing.operationId)) return
  draft.change({ upkeep: { ...state.upkeep, replacing: null } })
  const made = finished.find((one) => one.id === replacing.operationId)
  const member = state.members.find((one) => one.id === replacing.memberId)
  if (made?.state.kind !== 'done' || member?.phase !== 'inService') return
  const what = stillWrong(draft, member, replacing)
  if (what === null || inForce(state.protections[member.id] ?? null, draft.now)) return
  const reason = `${what}; ${made.memberId} has taken its place.`
  const order = { reason, actor: SPINUP, now: draft.now, newId: draft.newId }
  draft.change(planDeparture(draft.state(), [member], order).change)
}

/** What is wrong with it, in words; null: nothing any more. */
function stillWrong(draft: Draft, { id }: Member, { odd }: Replacement): string | null {
  if (odd === undefined) {
    return draft.state().upkeep.unhealthy[id] === undefined ? null : `${id} is unhealthy at the balancer`
  }
  return oddityOf(draft.memory().load?.found.standing ?? {}, id)
}

/** Another clone of the same kind may be as odd: one is replaced at a time, and the next no sooner than this, ms. */
const REST_MS = 30 * 60_000

/**
 * Where the policy has it so, a clone that is not like the others is replaced: another is made first, within all limits, and
 * it leaves once that one serves. Never the origin, nor a protected one, nor the only one that serves.
 */
export function replaceOdd(draft: Draft, standing: Readonly<Record<string, Standing>>): void {
  const state = draft.state()
  const { pool, upkeep, members, protections, refresh, operations } = state
  if (pool.policy.replaceSick !== 'on' || !actsAlone(state, draft.now)) return
  if (upkeep.replacing !== null || refresh?.stage === 'working' || draft.now - upkeep.replacedAt < REST_MS) return
  const serving = members.filter((member) => member.phase === 'inService')
  const odd = serving.find(
    (member) =>
      member.role === 'clone' &&
      !inForce(protections[member.id] ?? null, draft.now) &&
      !operations.some((one) => one.memberId === member.id && one.state.kind === 'running') &&
      oddityOf(standing, member.id) !== null,
  )
  if (odd === undefined || serving.length < 2 || capacityOf(draft).more < 1) return
  if (!orderAnother(draft, odd, oddityOf(standing, odd.id)!, true)) return
  draft.change({ upkeep: { ...draft.state().upkeep, replacedAt: draft.now } })
}
