import { SpinupError, messageOf } from '../../core/model/error.ts'
import { PLAIN_POOL, type Actor, type Pool } from '../../core/model/pool.ts'
import { DEFAULT_POLICY } from '../../core/model/policy.ts'
import type { ConnectChoice } from '../../core/model/request.ts'
import type { Onboarding, PoolState } from '../../core/model/state.ts'
import type { View } from '../../core/model/view.ts'
import { begin } from '../../core/operation/next.ts'
import type { Droplet } from '../../providers/provider.ts'
import { connectView } from '../narrate/connect.ts'
import { connectCard, tellOnboarding } from '../onboard.ts'
import type { Services } from '../services.ts'
import { withPool, type Session } from '../session.ts'
import { answer } from './answer.ts'

const ENROLMENT_MS = 30 * 60_000

/** Walks the onboarding: choose droplet → choose balancer → install the agent → snapshot → ready. */
export async function connect(
  services: Services,
  poolId: string | null,
  choice: ConnectChoice | null,
  actor: Actor,
): Promise<readonly View[]> {
  if (choice?.kind === 'droplet') return chooseDroplet(services, choice.name, actor)
  if (poolId === null) return offer(services)
  const views = await withPool(services, poolId, 5000, async (session) => {
    const onboarding = session.state().onboarding
    if (onboarding === null || onboarding.doneAt !== null) return [connected(session)]
    if (choice === null || choice.kind === 'restart') {
      session.tell(connectCard(onboarding.id), movedOn(onboarding, session.state()))
      session.change({ onboarding: { ...onboarding, id: services.newId() } })
    } else {
      await step(session, onboarding, choice)
    }
    tellOnboarding(session)
    return []
  })
  return views ?? busy()
}

function busy(): never {
  throw new SpinupError('unavailable', 'The pool is busy just now; nothing was changed. Try again in a moment.')
}

function connected(session: Session): View {
  const { pool } = session.state()
  return answer('info', `${pool.name} is connected`, 'It is being watched. Type /spinup status to see it.', [
    { action: 'run:/spinup status', label: 'Status', style: 'primary' },
  ])
}

/** Asks which droplet, on the card that the whole onboarding goes on with; an older question loses its buttons. */
async function offer(services: Services): Promise<readonly View[]> {
  const now = services.now()
  const id = services.newId()
  const question = await offerDroplets(services, blank(id, NOBODY, now))
  const older = await services.store.takeOffer(id)
  for (const destination of services.destinations) {
    if (older !== null)
      await services.outbox.put(destination, connectCard(older), movedOn(blank(older, NOBODY, now), null), now)
    await services.outbox.put(destination, connectCard(id), question, now)
  }
  return []
}

const NOBODY: Actor = { id: '', name: '', platform: '' }

/** An older card of an onboarding that goes on in a newer one. */
function movedOn(onboarding: Onboarding, state: PoolState | null): View {
  return connectView(onboarding, state, { prompt: 'This goes on further below.', choices: [], line: null, actions: [] })
}

async function offerDroplets(services: Services, onboarding: Onboarding): Promise<View> {
  const choices: { label: string; detail: string; action: string }[] = []
  const troubles: string[] = []
  for (const { provider } of services.listedProviders) {
    try {
      for (const droplet of await provider.list()) {
        if (droplet.tags.includes('spinup')) continue
        choices.push({
          label: droplet.name,
          detail: `${droplet.size}, ${droplet.region}, $${droplet.dollarsPerHour}/h, ${droplet.status}`,
          action: `run:/spinup connect droplet ${droplet.name}`,
        })
      }
    } catch (error) {
      troubles.push(messageOf(error))
    }
  }
  const prompt =
    choices.length > 0
      ? 'Which droplet runs your site?'
      : troubles.length > 0
        ? `I could not list droplets: ${troubles.join('; ')}`
        : 'There is no droplet in this account yet; create one, then type /spinup connect again.'
  return connectView(onboarding, null, { prompt, choices, line: null, actions: [] })
}

function blank(id: string, actor: Actor, now: number): Onboarding {
  return {
    id,
    step: 'droplet',
    channelActor: actor,
    startedAt: now,
    dropletName: null,
    line: null,
    operationId: null,
    failure: null,
    doneAt: null,
  }
}

async function chooseDroplet(services: Services, name: string, actor: Actor): Promise<readonly View[]> {
  const found = await findDroplet(services, name)
  if (found === null) {
    throw new SpinupError('notFound', `There is no droplet called ${name}. Type /spinup connect to see the list.`)
  }
  const { droplet, provider } = found
  if (droplet.tags.includes('spinup')) {
    throw new SpinupError('badInput', `${name} is a clone of mine; choose the droplet that runs your site.`)
  }
  const poolId = name.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')
  const other = (await services.store.list()).find((known) => known !== poolId)
  if (other !== undefined) {
    // Commands name no pool, so a second one would take the first out of everybody's reach.
    throw new SpinupError('conflict', `${other} is the connected droplet, and I watch one; nothing was changed.`)
  }
  const now = services.now()
  const pool: Pool = {
    id: poolId,
    name: poolId,
    phase: 'connecting',
    provider,
    ...PLAIN_POOL,
    balancer: services.balancerNames[0]?.name ?? 'builtin',
    originDropletId: droplet.id,
    snapshotId: null,
    policy: DEFAULT_POLICY,
    createdAt: now,
    dollarsPerHour: droplet.dollarsPerHour,
    bootMs: 60_000,
    healthPath: '/health',
  }
  const created = await services.store.create(pool)
  const views = await withPool(services, poolId, 5000, async (session) => {
    const { onboarding } = session.state()
    if (!created && (onboarding === null || onboarding.doneAt !== null)) return [connected(session)]
    if (onboarding !== null) session.tell(connectCard(onboarding.id), movedOn(onboarding, session.state()))
    const id = (await services.store.takeOffer(null)) ?? services.newId()
    session.change({
      onboarding: { ...blank(id, actor, now), step: 'balancer', dropletName: droplet.name },
      members: {
        put: [
          {
            id: `${poolId}-1`,
            poolId,
            role: 'origin',
            phase: 'booting',
            phaseAt: now,
            createdAt: droplet.createdAt,
            dropletId: droplet.id,
            url: droplet.url,
            operationId: null,
            failure: null,
          },
        ],
      },
    })
    tellOnboarding(session)
    return []
  })
  return views ?? busy()
}

async function findDroplet(
  services: Services,
  name: string,
): Promise<{ readonly droplet: Droplet; readonly provider: string } | null> {
  for (const listed of services.listedProviders) {
    const droplet = (await listed.provider.list()).find((candidate) => candidate.name === name)
    if (droplet !== undefined) return { droplet, provider: listed.name }
  }
  return null
}

async function step(session: Session, onboarding: Onboarding, choice: ConnectChoice): Promise<void> {
  const { services, now } = session
  const { pool, members } = session.state()
  const origin = members.find((member) => member.role === 'origin')
  if (origin === undefined)
    throw new SpinupError('conflict', 'The pool has no origin; type /spinup connect droplet NAME.')
  if (choice.kind === 'balancer') {
    expect(onboarding, 'balancer')
    if (!services.balancerNames.some((known) => known.name === choice.name)) {
      const names = services.balancerNames.map((known) => known.name).join(', ')
      throw new SpinupError('badInput', `There is no balancer called ${choice.name}; choose one of: ${names}.`)
    }
    const key = await services.identities.createEnrolment({ poolId: pool.id, memberId: origin.id, ttlMs: ENROLMENT_MS })
    session.change({
      pool: { ...pool, balancer: choice.name },
      onboarding: {
        ...onboarding,
        step: 'agent',
        startedAt: now,
        line: services.installLine(pool, onboarding.dropletName ?? pool.name, key),
      },
    })
    return
  }
  if (choice.kind === 'install') {
    expect(onboarding, 'agent')
    const install = services.installAgent(pool)
    if (install === null || origin.dropletId === null) {
      throw new SpinupError('badInput', 'I cannot reach into that droplet; run the line on it yourself.')
    }
    const enrol = await services.identities.createEnrolment({
      poolId: pool.id,
      memberId: origin.id,
      ttlMs: ENROLMENT_MS,
    })
    await install(
      origin.dropletId,
      JSON.stringify({ url: services.publicUrl, enrol, host: onboarding.dropletName ?? pool.name }),
    )
    return
  }
  if (choice.kind === 'snapshot') {
    expect(onboarding, 'snapshot')
    const operation = begin({
      id: services.newId(),
      poolId: pool.id,
      kind: 'snapshot',
      memberId: origin.id,
      episodeId: onboarding.id,
      actor: onboarding.channelActor,
      now,
      dropletId: origin.dropletId,
      url: origin.url,
    })
    session.change({
      operations: { put: [operation] },
      onboarding: { ...onboarding, step: 'copying', failure: null, operationId: operation.id },
    })
  }
}

function expect(onboarding: Onboarding, wanted: Onboarding['step']): void {
  if (onboarding.step === wanted) return
  throw new SpinupError(
    'conflict',
    onboarding.step === 'copying' || onboarding.step === 'ready'
      ? 'That step is done already; nothing was changed.'
      : `That is not the present step (${onboarding.step}); type /spinup connect to see where you are.`,
  )
}
