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

/** A new pool's id, and what its team calls it. */
export interface PoolName {
  readonly id: string
  readonly name: string
}

/** The pool that is to be of a droplet: the one it is in already, else one of its own. */
export async function poolNameFor(
  services: Services,
  droplet: Pick<Droplet, 'id' | 'name'>,
  { provider }: Pick<Pool, 'provider'>,
  tenant: string | null,
): Promise<PoolName> {
  const mine = (await poolsSeen(services, tenant)).map(({ pool }) => pool)
  const known = mine.find((pool) => pool.provider === provider && pool.originDropletId === droplet.id)
  if (known !== undefined) return known
  const wanted = poolIdOf(droplet.name)
  const name = free(wanted, new Set(mine.map((pool) => pool.name)))
  // Another team may have a pool of that name, of which this one is not to hear.
  const taken = (await services.store.whose(name)) !== null
  return { name, id: taken ? `${name}-${services.newId().slice(0, 6)}` : name }
}

/** `web`, or where the team has one, `web-b`: `web-2` is a member's name. */
function free(wanted: string, taken: ReadonlySet<string>): string {
  const letters = 'bcdefghijklmnopqrstuvwxyz'
  const more = [...letters].map((letter) => `${wanted}-${letter}`)
  return [wanted, ...more].find((name) => !taken.has(name)) ?? `${wanted}-${letters}`
}

/** A pool that nobody has connected yet. */
export function newPool(
  { id, name }: PoolName,
  choice: PoolChoice,
  droplet: Droplet,
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

/** Makes the pool and begins its onboarding with the agent. False: it is connected already, and nothing was changed. */
export async function beginPool(services: Services, pool: Pool, droplet: Droplet, actor: Actor): Promise<boolean> {
  const created = await services.store.create(pool)
  const begun = await withPool(services, pool.id, 5000, async (session) => {
    const { onboarding, pool: known } = session.state()
    // Made at the same moment by another team.
    if ((known.tenant ?? null) !== (pool.tenant ?? null)) return false
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
  throw new SpinupError('unavailable', 'The pool is busy right now; nothing was changed. Try again in a moment.')
}

/** Keeps the droplet, and the place at the balancer, for this pool alone. Throws `conflict` where another has one of them. */
export async function claimFor(services: Services, pool: Pool): Promise<void> {
  const droplet = `droplet ${pool.provider} ${pool.originDropletId}`
  const front = services.front(pool)
  const other = await services.store.claim(pool.id, [droplet, ...(front === null ? [] : [front])])
  if (other === null) return
  const whose = await services.store.whose(other.poolId)
  // Another team's pools are named to nobody.
  const name = whose?.tenant === (pool.tenant ?? null) ? `the pool ${whose.pool.name}` : 'another team’s pool'
  const words =
    other.thing === droplet
      ? `That droplet is in ${name} already`
      : `That backend of the balancer serves ${name} already, and it could not distinguish the two; give this pool a backend of its own`
  throw new SpinupError('conflict', `${words}. Nothing was changed.`)
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
  return connectView(onboarding, state, { prompt: 'This continues below.', choices: [], line: null, actions: [] })
}
