import { slowestP95Ms, type BalancerReading } from '../../core/model/backend.ts'
import { monthOf, type LeastBill } from '../../core/model/billing.ts'
import { messageOf } from '../../core/model/error.ts'
import { updateAlarms } from '../../core/alarms/alarms.ts'
import { finishOperations } from '../../core/operation/finish.ts'
import { consider } from '../../core/policy/decide.ts'
import { applyJudgement } from '../../core/pool/apply-judgement.ts'
import { teamBudget, warnOfBudget } from '../../core/pool/budget.ts'
import { expireOverrides } from '../../core/pool/expiries.ts'
import { noteWait } from '../../core/pool/episodes.ts'
import { observe } from '../../core/pool/observation.ts'
import { tickRefresh } from '../../core/pool/refresh.ts'
import { followReplacement, replaceOdd } from '../../core/pool/replace.ts'
import { unhealthyNow, unhealthySince } from '../../core/pool/unhealthy.ts'
import { endPool } from '../connect/connect.ts'
import { lookAtLeaving } from '../../core/pool/disconnecting.ts'
import { onboard } from '../connect/onboard.ts'
import { saveDecisionChart } from '../reports/chart.ts'
import { poolsSeen } from '../reports/live.ts'
import type { Services } from '../services.ts'
import { withPool, type Session } from '../session.ts'
import { balancerOf } from './balancer-watch.ts'
import { goesByOthers, keepLook, noteBoots, saidBootMs } from './memory.ts'
import { narrate } from './narrate.ts'

/**
 * One look at a pool; not when any bot has looked in the last `restMs`. Its balancer, which may be slow, is asked before
 * the lock is taken, by what this process knew of the pool last: the tick itself reads the pool once, under the lock.
 */
export async function tickPool(services: Services, poolId: string, waitMs: number, restMs = 0): Promise<void> {
  const { store, balancerWatch } = services
  // Ahead of now: kept by a clock that has been set since.
  if (restMs > 0 && Math.abs(services.now() - (await store.lastTickAt(poolId))) < restMs) return
  const known = store.last(poolId) ?? (await store.load(poolId))
  if (known === null) return
  const reading = known.pool.phase === 'ready' ? await balancerWatch.look(services, known) : NO_READING
  const over = await withPool(services, poolId, waitMs, (session) =>
    tick(session, balancerOf(session.state()) === balancerOf(known) ? reading : NO_READING),
  )
  if (over === true) await endPool(services, poolId)
}

const NO_READING: BalancerReading = { at: 0, backends: null, queued: null, trouble: null }

/** Books what finished, ends what has expired, judges, acts or asks, and tells. Runs under the pool's lock. True: the pool may be forgotten. */
async function tick(session: Session, reading: BalancerReading): Promise<boolean> {
  const { lastTickAt } = session.state()
  const finished = finishOperations(session, leastBill(session))
  expireOverrides(session)
  await noteBoots(session.services, session.state().pool, finished)
  followReplacement(session, finished)
  tickRefresh(session, finished)
  await onboard(session, finished)
  if (session.state().pool.phase === 'ready') await judge(session, reading)
  const over = session.state().pool.phase === 'disconnecting' && lookAtLeaving(session)
  session.change({ lastTickAt: session.now })
  await narrate(session, lastTickAt)
  return over
}

async function judge(session: Session, reading: BalancerReading): Promise<void> {
  const { services, now } = session
  await noteTeamBudget(session)
  const state = session.state()
  const ids = state.members.map((member) => member.id)
  const others = goesByOthers(session.memory().load?.boots ?? [])
  const [latest, agents, bootMs] = await Promise.all([
    services.series.latest(state.pool.id, ids),
    services.agents.about(state.pool.id, ids),
    others ? saidBootMs(services, state.pool) : state.pool.bootMs,
  ])
  await keepHooked(session, reading)
  const unhealthy = unhealthySince(state, reading)
  if (unhealthy !== state.upkeep.unhealthy) session.change({ upkeep: { ...session.state().upkeep, unhealthy } })
  const observation = observe(state, latest, reading, session.windows(), now, bootMs)
  const { judgement, memory } = consider(observation, state.pool.policy, session.memory(), now)
  keepLook(services, session, { state, latest, reading, bootMs, memory, judgement }, judgement.kind !== 'hold')
  const news = applyJudgement(session, judgement)
  if (news !== null) {
    const chart = await saveDecisionChart(services, session.state(), news)
    const { name } = session.state().pool
    session.tellOnce(`observed:${news.id}`, { kind: 'decision', pool: name, decision: news, observedOnly: true, chart })
  }
  noteWait(session, slowestP95Ms(reading.backends))
  warnOfBudget(session)
  const standing = memory.load?.found.standing ?? {}
  replaceOdd(session, standing)
  updateAlarms(session, state.alarms, {
    observation,
    reading,
    unhealthy: unhealthyNow(state, reading),
    agents,
    clocks: services.clockTrouble(),
    standing,
    clearForMs: services.balancerWatch.clearForMs(),
  })
}

/** The month's money that all pools of the team share. */
async function noteTeamBudget(session: Session): Promise<void> {
  const { services, poolId, now } = session
  const { pool, upkeep } = session.state()
  const tenant = pool.tenant ?? null
  const limit = await services.team.budget(tenant)
  if (limit === null && (upkeep.team ?? null) === null) return
  const [pools, before] =
    limit === null
      ? [[], 0]
      : await Promise.all([poolsSeen(services, tenant), services.team.spentBefore(tenant, monthOf(now))])
  session.change({ upkeep: { ...upkeep, team: teamBudget(limit, before, pools, poolId, now) } })
}

/** What the provider bills at least; one that this bot does not have bills nothing it knows of. */
function leastBill(session: Session): LeastBill | null {
  try {
    return session.services.provider(session.state().pool).leastBill ?? null
  } catch {
    return null
  }
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
      // One that slept would hook on what another bot has taken off since.
      if (!(await session.still())) return
      await services.balancer(pool).add(member.url)
      services.log.warn({ member: member.id }, 'hooked a missing member onto the balancer again')
    } catch (error) {
      services.log.warn({ member: member.id, reason: messageOf(error) }, 'could not hook a member on again')
    }
  }
}
