import type { LeastBill } from '../../core/model/billing.ts'
import { messageOf } from '../../core/model/error.ts'
import { SPINUP } from '../../core/model/pool.ts'
import { act } from '../../core/pool/apply-judgement.ts'
import { alarms } from '../../core/alarms/alarms.ts'
import { goesByOthers, noteBoots, saidBootMs } from './boot-time.ts'
import { endPool, lookAtLeaving } from '../connect/disconnect.ts'
import { warnOfBudget } from '../../core/pool/budget.ts'
import { lapse } from '../../core/pool/expiries.ts'
import { alertView } from '../../core/cards/views/alert.ts'
import { narrate } from './narrate.ts'
import { onboard } from '../connect/onboard.ts'
import { observe } from '../../core/pool/observation.ts'
import { keepLook, recall } from './memory.ts'
import { followReplacement } from '../../core/pool/replace.ts'
import { replaceOdd } from '../reconcile/replace-odd.ts'
import { trackSick } from '../../core/pool/unhealthy.ts'
import { tickRefresh } from '../../core/pool/refresh.ts'
import type { Services } from '../services.ts'
import { withPool, type Session } from '../session.ts'
import { settle } from '../../core/operation/finish.ts'
import { balancerOf } from './balancer-watch.ts'
import type { BalancerReading } from '../../core/model/backend.ts'
import { consider } from '../../core/policy/decide.ts'

/**
 * One look at a pool; not when any bot has looked in the last `restMs`. Its balancer, which may be slow, is asked before
 * the lock is taken, by what this process knew of the pool last: the tick itself reads the pool once, under the lock.
 */
export async function tickPool(services: Services, poolId: string, waitMs: number, restMs = 0): Promise<void> {
  const { store, sights } = services
  // Ahead of now: kept by a clock that has been set since.
  if (restMs > 0 && Math.abs(services.now() - (await store.lastTickAt(poolId))) < restMs) return
  const known = store.last(poolId) ?? (await store.load(poolId))
  if (known === null) return
  const sight = known.pool.phase === 'ready' ? await sights.look(services, known) : NO_SIGHT
  const over = await withPool(services, poolId, waitMs, (session) =>
    tick(session, balancerOf(session.state()) === balancerOf(known) ? sight : NO_SIGHT),
  )
  if (over === true) await endPool(services, poolId)
}

const NO_SIGHT: BalancerReading = { at: 0, backends: null, queued: null, trouble: null }

/** Books what finished, lets lapse what lapsed, judges, acts or asks, and tells. Runs under the pool's lock. True: the pool may be forgotten. */
async function tick(session: Session, sight: BalancerReading): Promise<boolean> {
  const { lastTickAt } = session.state()
  const settlement = settle(session.state(), session.now, leastBill(session))
  if (settlement !== null) {
    session.change(settlement.change)
    settlement.journal.forEach((entry) => session.journal(entry))
  }
  for (const entry of lapse(session)) session.journal(entry)
  await noteBoots(session.services, session.state().pool, settlement?.finished ?? [])
  followReplacement(session, settlement?.finished ?? [])
  tickRefresh(session, settlement?.finished ?? [])
  await onboard(session, settlement?.finished ?? [])
  if (session.state().pool.phase === 'ready') await judge(session, sight)
  const over = session.state().pool.phase === 'disconnecting' && lookAtLeaving(session)
  session.change({ lastTickAt: session.now })
  await narrate(session, lastTickAt)
  return over
}

async function judge(session: Session, sight: BalancerReading): Promise<void> {
  const { services, now } = session
  const state = session.state()
  const ids = state.members.map((member) => member.id)
  const known = recall(session)
  const others = goesByOthers(known.load?.boots ?? [])
  const [latest, agents, bootMs] = await Promise.all([
    services.series.latest(state.pool.id, ids),
    services.agents.about(state.pool.id, ids),
    others ? saidBootMs(services, state.pool) : state.pool.bootMs,
  ])
  await keepHooked(session, sight)
  const sick = trackSick(state, sight)
  if (sick !== state.upkeep.sick) session.change({ upkeep: { ...session.state().upkeep, sick } })
  const windows = services.calendar.open(state.pool.policy.calendar, now)
  const observation = observe(state, latest, sight, windows, now, bootMs)
  const { judgement, memory } = consider(observation, state.pool.policy, recall(session), now)
  keepLook(session, { state, latest, sight, bootMs, memory, judgement }, judgement.kind !== 'hold')
  await act(session, judgement)
  warnOfBudget(session)

  const unhealthy = state.members
    // One that came in after the look was still being checked when it was made.
    .filter((member) => member.phase === 'inService' && member.phaseAt < sight.at)
    .filter((member) => sight.backends?.some((backend) => backend.url === member.url && backend.state === 'unhealthy'))
    .map((member) => member.id)
  const clearForMs = services.sights.clearForMs()
  const clocks = services.clockTrouble()
  const standing = memory.load?.found.standing ?? {}
  replaceOdd(session, standing)
  const on = alarms(session.state(), { observation, sight, unhealthy, agents, clocks, standing, clearForMs }, now)
  const off = state.alarms.filter((known) => !on.some((alarm) => alarm.id === known.id))
  const fresh = on.filter((alarm) => !state.alarms.some((known) => known.id === alarm.id))
  for (const alarm of on) session.tell(alarmCard(alarm), alertView(alarm, null))
  for (const alarm of off) session.tellOnce(alarmCard(alarm), alertView(alarm, now))
  for (const alarm of fresh) {
    session.journal({ at: now, actor: SPINUP, what: alarm.title, outcome: alarm.text, tone: alarm.tone })
  }
  if (on.length + off.length > 0) session.change({ alarms: { put: on, remove: off.map((alarm) => alarm.id) } })
}

/** What the provider bills at the least; one that this bot does not have bills nothing it knows of. */
function leastBill(session: Session): LeastBill | null {
  try {
    return session.services.provider(session.state().pool).leastBill ?? null
  } catch {
    return null
  }
}

function alarmCard(alarm: { readonly id: string; readonly since: number }): string {
  return `alert:${alarm.id}:${alarm.since}`
}

/** A member in service that the balancer does not know (it was restarted, or someone took it off) is hooked on again. */
async function keepHooked(session: Session, { at, backends }: BalancerReading): Promise<void> {
  if (backends === null) return
  const { services } = session
  const { pool, members } = session.state()
  for (const member of members) {
    if (member.phase !== 'inService' || member.url === null) continue
    // It came in after the look.
    if (member.phaseAt >= at) continue
    if (backends.some((backend) => backend.url === member.url)) continue
    try {
      // Whoever slept would hook on what another bot has taken off since.
      if (!(await session.still())) return
      await services.balancer(pool).add(member.url)
      services.log.warn({ member: member.id }, 'hooked a missing member onto the balancer again')
    } catch (error) {
      services.log.warn({ member: member.id, reason: messageOf(error) }, 'could not hook a member on again')
    }
  }
}
