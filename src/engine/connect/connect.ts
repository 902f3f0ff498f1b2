import { answer } from '../../core/model/answer.ts'
import { SpinupError, messageOf } from '../../core/model/error.ts'
import type { Asker, Place } from '../../core/model/place.ts'
import type { Member } from '../../core/model/member.ts'
import { PLAIN_POOL, type Actor, type Pool } from '../../core/model/pool.ts'
import type { Onboarding } from '../../core/model/state.ts'
import type { Action, ConnectView, View } from '../../core/model/view.ts'
import { begin } from '../../core/operation/next.ts'
import type { Droplet } from '../../providers/provider.ts'
import { awaitAgent, beginPool, blankOnboarding, claimPoolId, movedOn, newInstallLine, newPool } from './begin-pool.ts'
import { connectView } from '../../core/cards/views/connect.ts'
import { connectCard, tellOnboarding } from './onboard.ts'
import type { Services } from '../services.ts'
import { withPool, type Session } from '../session.ts'
import { link } from './link.ts'

/** A step of the onboarding, chosen by a person. */
export type ConnectChoice =
  | { readonly kind: 'droplet'; readonly name: string }
  | { readonly kind: 'balancer'; readonly name: string }
  | { readonly kind: 'account' }
  | { readonly kind: 'install' }
  /** `live`: taken while the droplet runs. */
  | { readonly kind: 'snapshot'; readonly live?: true }
  | { readonly kind: 'restart' }

/** The bot itself uses the key at once. */
const INSTALL_MS = 60_000

/** Walks the onboarding: choose droplet → choose balancer → install the agent → snapshot → ready. */
export async function connect(
  services: Services,
  poolId: string | null,
  choice: ConnectChoice | null,
  asker: Asker,
): Promise<readonly View[]> {
  await services.notices.join(asker.place, poolId)
  // What this machine and this bot's own account have is the installation's team's alone.
  const listed = asker.place.tenant === null && services.listedProviders.length > 0
  if (choice?.kind === 'droplet' && listed) return chooseDroplet(services, choice.name, asker)
  if (choice?.kind === 'account' || (choice?.kind === 'droplet' && !listed)) return link(services, poolId, asker)
  if (poolId === null) return listed ? offer(services, asker.place) : link(services, null, asker)
  const views = await withPool(services, poolId, 5000, async (session) => {
    const { onboarding, pool } = session.state()
    if (pool.phase === 'disconnecting') throw leaving(pool)
    const done = onboarding === null || onboarding.doneAt !== null
    if (choice?.kind === 'install' && (done || PAST_AGENT.has(onboarding.step))) return installAnew(session)
    if (done) return [connected(session.state().pool)]
    if (choice === null || choice.kind === 'restart') {
      session.tell(connectCard(onboarding.id), movedOn(onboarding, session.state()))
      session.change({ onboarding: { ...onboarding, id: services.newId() } })
      // The line that stood there may have lapsed.
      if (onboarding.step === 'agent') await awaitAgent(session)
    } else {
      await step(session, onboarding, choice)
    }
    tellOnboarding(session)
    return []
  })
  return views ?? busy()
}

/** Its clones are on their way out, and then it is forgotten. */
function leaving(pool: Pool): SpinupError {
  return new SpinupError('conflict', `${pool.name} is being disconnected; connect again when that is done.`)
}

function busy(): never {
  throw new SpinupError('unavailable', 'The pool is busy just now; nothing was changed. Try again in a moment.')
}

function connected(pool: Pool): View {
  const actions: Action[] = [{ action: 'run:/spinup status', label: 'Status', style: 'primary' }]
  if (pool.account !== null) {
    actions.push({ action: 'run:/spinup connect account', label: 'Link the account again', style: 'plain' })
  }
  const text = 'It is being watched. Type /spinup status to see it, or /spinup disconnect to end this.'
  return answer('info', `${pool.name} is connected`, text, actions)
}

/** Asks which droplet, on the card that the whole onboarding goes on with; an older question loses its buttons. */
async function offer(services: Services, place: Place): Promise<readonly View[]> {
  const now = services.now()
  const id = services.newId()
  const question = await offerDroplets(services, blankOnboarding(id, NOBODY, now))
  const older = await services.store.takeOffer(id)
  if (older !== null) {
    const overtaken = movedOn(blankOnboarding(older, NOBODY, now), null)
    await services.notices.tellAsker(place, connectCard(older), overtaken, now)
  }
  await services.notices.tellAsker(place, connectCard(id), question, now)
  return []
}

const NOBODY: Actor = { id: '', name: '', platform: '' }

async function offerDroplets(services: Services, onboarding: Onboarding): Promise<View> {
  const { choices, troubles } = await offered(services, null)
  const prompt =
    choices.length > 1
      ? 'Which droplet runs your site?'
      : troubles.length > 0
        ? `I could not list droplets: ${troubles.join('; ')}`
        : 'There is no droplet in this account yet; create one, then type /spinup connect again.'
  return connectView(onboarding, null, { prompt, choices, line: null, actions: [] })
}

/** The droplets that can be connected from chat, and the way to those of a linked account; what kept some from being listed. */
export async function offered(
  services: Services,
  tenant: string | null,
): Promise<{ readonly choices: ConnectView['choices']; readonly troubles: readonly string[] }> {
  const choices: ConnectView['choices'][number][] = []
  const troubles: string[] = []
  for (const { provider } of tenant === null ? services.listedProviders : []) {
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
  choices.push({
    label: 'DigitalOcean',
    detail: 'link an account and pick a droplet there',
    action: 'run:/spinup connect account',
  })
  return { choices, troubles }
}

async function chooseDroplet(services: Services, name: string, { actor, place }: Asker): Promise<readonly View[]> {
  const found = await findDroplet(services, name)
  if (found === null) {
    throw new SpinupError('notFound', `There is no droplet called ${name}. Type /spinup connect to see the list.`)
  }
  const { droplet, provider } = found
  if (droplet.tags.includes('spinup')) {
    throw new SpinupError('badInput', `${name} is a clone of mine; choose the droplet that runs your site.`)
  }
  const poolId = await claimPoolId(services, name, place.tenant)
  const choice = {
    ...PLAIN_POOL,
    provider,
    balancer: services.balancerNames[0]?.name ?? 'builtin',
    dollarsPerHour: droplet.dollarsPerHour ?? 0,
    healthPath: '/health',
  }
  const pool = newPool(poolId, choice, droplet, services.now())
  await services.notices.join(place, poolId)
  if (await beginPool(services, pool, droplet, actor, 'balancer')) return []
  return [connected((await services.store.load(poolId))?.pool ?? pool)]
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
    session.change({ pool: { ...pool, balancer: choice.name, balancerSettings: null } })
    return awaitAgent(session)
  }
  if (choice.kind === 'install') {
    expect(onboarding, 'agent')
    // Where I cannot reach into the droplet, the card gets a new line.
    return (await reachIn(session, origin)) ? undefined : awaitAgent(session)
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
      // Without the steps that take it away, it is hooked on like any member in service once the pool is ready.
      ...(choice.live === true ? { step: 'copy', live: true } : {}),
    })
    session.change({
      operations: { put: [operation] },
      onboarding: { ...onboarding, step: 'copying', failure: null, operationId: operation.id },
    })
  }
}

/** Puts the agent on the origin where this bot may do so itself; false where a person has to. */
async function reachIn({ services, state }: Session, origin: Member): Promise<boolean> {
  const { pool, onboarding } = state()
  const install = services.installAgent(pool)
  if (install === null || origin.dropletId === null) return false
  const enrol = await services.identities.createEnrolment({
    poolId: pool.id,
    memberId: origin.id,
    ttlMs: INSTALL_MS,
  })
  const host = onboarding?.dropletName ?? pool.name
  await install(origin.dropletId, JSON.stringify({ url: services.publicUrl, enrol, host }))
  return true
}

/** Steps at which the agent has reported already. */
const PAST_AGENT: ReadonlySet<Onboarding['step']> = new Set(['snapshot', 'copying', 'ready'])

/** The agent once more, on an origin that had one: to bring it up to date, or because it lost its key. */
async function installAnew(session: Session): Promise<readonly View[]> {
  const { services } = session
  const { pool, members, onboarding } = session.state()
  const origin = members.find((member) => member.role === 'origin')
  if (origin === undefined) {
    throw new SpinupError('conflict', `${pool.name} has no origin; nothing was changed.`)
  }
  const renew = 'Clones have the agent of the snapshot: /spinup refresh makes new ones.'
  if (await reachIn(session, origin)) {
    return [answer('good', `The agent is on ${origin.id} again`, `It is version ${services.agents.version}. ${renew}`)]
  }
  const line = await newInstallLine(services, pool, onboarding)
  const prompt = `Run this line on the droplet: it brings the agent there up to date (${services.agents.version}), or puts one there. It is good for half an hour. ${renew}`
  return [{ kind: 'connect', title: `The agent of ${origin.id}`, steps: [], prompt, choices: [], line, actions: [] }]
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
