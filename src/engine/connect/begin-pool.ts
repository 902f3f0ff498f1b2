import { SpinupError } from '../../core/model/error.ts'
import { DEFAULT_POLICY } from '../../core/model/policy.ts'
import type { Actor, Pool } from '../../core/model/pool.ts'
import type { Onboarding } from '../../core/model/state.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { View } from '../../core/model/view.ts'
import type { Droplet } from '../../providers/provider.ts'
import { connectView } from '../../core/cards/views/connect.ts'
import { connectCard, tellOnboarding } from './onboard.ts'
import { poolsSeen } from '../pools-seen.ts'
import type { Services } from '../services.ts'
import { withPool, type Session } from '../session.ts'

/** What people chose of a new pool. */
export type PoolChoice = Pick<
  Pool,
  'provider' | 'account' | 'balancer' | 'balancerSettings' | 'address' | 'clones' | 'dollarsPerHour' | 'healthPath'
>

/** Good for so long, ms. */
const ENROLMENT_MS = 30 * 60_000
const LONGEST_ID = 40

/** The pool of a droplet, from its name. */
function poolIdOf(dropletName: string): string {
  const id = dropletName
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, LONGEST_ID)
    .replaceAll(/^-+|-+$/g, '')
  return id === '' ? 'pool' : id
}

/**
 * The id for the pool of a droplet: the one it has while it is being connected, else one of its own. Throws `conflict`
 * when the tenant has another droplet watched already: commands name no pool.
 */
export async function claimPoolId(services: Services, dropletName: string, tenant: string | null): Promise<string> {
  const wanted = poolIdOf(dropletName)
  const mine = await poolsSeen(services, tenant)
  const other = mine.find(({ pool }) => pool.id !== wanted && !pool.id.startsWith(`${wanted}-of-`))
  if (other !== undefined) {
    throw new SpinupError(
      'conflict',
      `${other.pool.id} is the connected droplet, and I watch one; nothing was changed.`,
    )
  }
  if (mine[0] !== undefined) return mine[0].pool.id
  // Another workspace may have a droplet of the same name.
  return (await services.store.list()).includes(wanted) ? `${wanted}-of-${services.newId().slice(0, 6)}` : wanted
}

/** A pool that nobody has connected yet. */
export function newPool(
  poolId: string,
  choice: PoolChoice,
  droplet: Droplet,
  now: number,
  tenant: string | null = null,
): Pool {
  return {
    id: poolId,
    name: poolId,
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

/** Makes the pool and begins its onboarding with the agent. False: it is connected already, and nothing was changed. */
export async function beginPool(services: Services, pool: Pool, droplet: Droplet, actor: Actor): Promise<boolean> {
  const created = await services.store.create(pool)
  const begun = await withPool(services, pool.id, 5000, async (session) => {
    const { onboarding, pool: known } = session.state()
    const open = known.phase === 'connecting' && onboarding !== null && onboarding.doneAt === null
    if (!created && !open) return false
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
  if (begun !== null) return begun
  throw new SpinupError('unavailable', 'The pool is busy just now; nothing was changed. Try again in a moment.')
}

/** On to the agent: makes the line that people run on the droplet. */
export async function awaitAgent(session: Session): Promise<void> {
  const { services } = session
  const { pool, onboarding } = session.state()
  if (onboarding === null) return
  const line = await newInstallLine(services, pool)
  session.change({ onboarding: { ...onboarding, step: 'agent', startedAt: session.now, line } })
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
  return connectView(onboarding, state, { prompt: 'This goes on further below.', choices: [], line: null, actions: [] })
}
