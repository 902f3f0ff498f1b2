import { SpinupError } from '../../core/model/error.ts'
import { DEFAULT_POLICY } from '../../core/model/policy.ts'
import type { Actor, Pool } from '../../core/model/pool.ts'
import type { Onboarding } from '../../core/model/state.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { View } from '../../core/model/view.ts'
import type { Droplet } from '../../providers/provider.ts'
import { connectView } from '../../core/cards/views/connect.ts'
import { connectCard, tellOnboarding } from './onboard.ts'
import { freeName, nameFrom } from '../../core/pool/pool-name.ts'
import { poolsSeen } from '../reports/live.ts'
import { claimFor } from './claims.ts'
import type { Services } from '../services.ts'
import { changePool, type Session } from '../session.ts'

/** What people chose of a new pool. */
export type PoolChoice = Pick<
  Pool,
  'provider' | 'account' | 'balancer' | 'balancerSettings' | 'address' | 'clones' | 'dollarsPerHour' | 'healthPath'
>

/** Good for so long, ms. */
const ENROLMENT_MS = 30 * 60_000

/** A new pool's id, and what its team calls it. */
export interface PoolName {
  readonly id: string
  readonly name: string
}

/** The pool that is to be of a droplet: the one it is in already, else one of its own. */
async function poolNameFor(
  services: Services,
  droplet: Pick<Droplet, 'id' | 'name'>,
  { provider }: Pick<Pool, 'provider'>,
  tenant: string | null,
): Promise<PoolName> {
  const mine = (await poolsSeen(services, tenant)).map(({ pool }) => pool)
  const known = mine.find((pool) => pool.provider === provider && pool.originDropletId === droplet.id)
  if (known !== undefined) return known
  const name = freeName(
    nameFrom(droplet.name),
    mine.map((pool) => pool.name),
  )
  // Another team may have a pool of that name, of which this one is not to hear: an id that shows only where one has would tell.
  const plain = tenant === null && (await services.store.whose(name)) === null
  return { name, id: plain ? name : `${name}-${services.newId().slice(0, 6)}` }
}

/** Other teams that take the very id in between; more than this at once are none. */
const MOST_RACES = 20
const NAMING_WAIT_MS = 6000

/**
 * The pool of a droplet, made where there is none, with the droplet and its place at the balancer kept for it alone. Throws
 * `conflict` where another pool has one of them; then there is none more than before.
 */
export async function reservePool(
  services: Services,
  droplet: Pick<Droplet, 'id' | 'name' | 'dollarsPerHour'>,
  choice: PoolChoice,
  tenant: string | null,
): Promise<Pool> {
  const lease = await services.store.lockNaming(tenant, NAMING_WAIT_MS)
  if (lease === null) throw tooMany()
  try {
    for (let race = 0; race < MOST_RACES; race++) {
      const named = await poolNameFor(services, droplet, choice, tenant)
      const pool = newPool(named, choice, droplet, services.now(), tenant)
      const made = await services.store.create(pool)
      const known = made ? undefined : (await services.store.load(pool.id))?.pool
      if (!made && !isOf(known, pool)) continue
      // What it has stays its own.
      if (known !== undefined && known.phase !== 'connecting') throw connectedAlready(known)
      return await claimed(services, pool, made)
    }
  } finally {
    await lease.release()
  }
  throw tooMany()
}

export function connectedAlready({ name }: Pool): SpinupError {
  return new SpinupError('conflict', `${name} is connected already. Type /spinup disconnect first.`)
}

function tooMany(): SpinupError {
  return new SpinupError('unavailable', 'Many are connecting right now; nothing was changed. Try again in a moment.')
}

async function claimed(services: Services, pool: Pool, made: boolean): Promise<Pool> {
  try {
    await claimFor(services, pool)
    return pool
  } catch (error) {
    if (made) await services.store.remove(pool.id)
    throw error
  }
}

/** Whether it is the pool of that team and droplet. */
function isOf(known: Pool | undefined, pool: Pool): boolean {
  const { tenant = null, provider, originDropletId } = known ?? {}
  return tenant === pool.tenant && provider === pool.provider && originDropletId === pool.originDropletId
}

/** A pool that nobody has connected yet. */
export function newPool(
  { id, name }: PoolName,
  choice: PoolChoice,
  droplet: Pick<Droplet, 'id' | 'dollarsPerHour'>,
  now: number,
  tenant: string | null = null,
): Pool {
  return {
    id,
    name,
    phase: 'connecting',
    tenant,
    ...choice,
    originDropletId: droplet.id,
    ...(droplet.dollarsPerHour === null ? {} : { originDollarsPerHour: droplet.dollarsPerHour }),
    snapshotId: null,
    policy: DEFAULT_POLICY,
    createdAt: now,
    bootMs: 60_000,
  }
}

/** Begins the onboarding of a pool that was reserved, with the agent. False: it is connected already, and nothing was changed. */
export async function beginPool(services: Services, pool: Pool, droplet: Droplet, actor: Actor): Promise<boolean> {
  return changePool(services, pool.id, async (session) => {
    const { onboarding, pool: known } = session.state()
    if (known.phase !== 'connecting' || (onboarding !== null && onboarding.doneAt !== null)) return false
    if (onboarding !== null) session.tell(connectCard(onboarding.id), movedOn(onboarding, session.state()))
    const id = services.newId()
    session.change({
      pool,
      onboarding: blankOnboarding(id, actor, droplet.name, session.now),
      members: {
        put: [
          {
            id: `${pool.id}-1`,
            poolId: pool.id,
            role: 'origin',
            phase: 'booting',
            phaseAt: session.now,
            createdAt: droplet.createdAt,
            dropletId: droplet.id,
            url: droplet.url,
            operationId: null,
            failure: null,
          },
        ],
      },
    })
    await awaitAgent(session)
    tellOnboarding(session)
    return true
  })
}

/** On to the agent: makes the line that people run on the droplet. */
export async function awaitAgent(session: Session): Promise<void> {
  const { services } = session
  const { pool, onboarding } = session.state()
  if (onboarding === null) return
  const line = await newInstallLine(services, pool)
  const { arrival: _, ...rest } = onboarding
  session.change({ onboarding: { ...rest, step: 'agent', startedAt: session.now, line } })
}

/** A line for the origin with a key of its own; an earlier one stops enrolling. */
export async function newInstallLine(services: Services, pool: Pool): Promise<string> {
  const order = { poolId: pool.id, memberId: `${pool.id}-1`, ttlMs: ENROLMENT_MS }
  const key = await services.identities.createEnrolment(order)
  return services.installLine(key)
}

/** An onboarding whose droplet and balancer are chosen. */
export function blankOnboarding(id: string, actor: Actor, dropletName: string, now: number): Onboarding {
  return {
    id,
    step: 'agent',
    channelActor: actor,
    startedAt: now,
    dropletName,
    line: null,
    operationId: null,
    failure: null,
    doneAt: null,
  }
}

/** An older card of an onboarding that goes on in a newer one. */
export function movedOn(onboarding: Onboarding, state: PoolState | null): View {
  return connectView(onboarding, state, { prompt: 'This continues below.', choices: [], line: null, actions: [] })
}
