import { answer } from '../../core/model/answer.ts'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/platforms.ts'
import type { Pool } from '../../core/model/pool.ts'
import type { Onboarding } from '../../core/model/state.ts'
import type { Action, View } from '../../core/model/view.ts'
import { begin } from '../../core/operation/next.ts'
import { awaitAgent, movedOn, newInstallLine } from './begin-pool.ts'
import { connectCard, tellOnboarding } from './onboard.ts'
import type { Services } from '../services.ts'
import { changePool, type Session } from '../session.ts'
import { poolsSeen } from '../reports/live.ts'
import { monthOf } from '../../core/model/billing.ts'
import { spent } from '../../core/pool/capacity.ts'
import type { Droplet } from '../../core/model/droplet.ts'
import { disconnectCard, disconnectedView } from '../../core/pool/disconnecting.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { madeFor, poolTag } from '../../core/pool/tags.ts'

/** A step of the onboarding, chosen by a person. */
export type ConnectChoice =
  | { readonly kind: 'account' }
  /** One more pool. */
  | { readonly kind: 'another' }
  | { readonly kind: 'install' }
  /** `live`: taken while the droplet runs. */
  | { readonly kind: 'snapshot'; readonly live?: true }
  | { readonly kind: 'restart' }

/** Walks the onboarding: a link to the page where droplet and balancer are picked → install the agent → snapshot → ready. */
export async function connect(
  services: Services,
  poolId: string | null,
  choice: ConnectChoice | null,
  asker: Asker,
): Promise<readonly View[]> {
  if (poolId === null || choice?.kind === 'another') return link(services, null, asker)
  await services.notices.join(asker.place, poolId)
  if (choice?.kind === 'account') return link(services, poolId, asker)
  return changePool(services, poolId, async (session) => {
    const { onboarding, pool } = session.state()
    if (pool.phase === 'disconnecting') throw leaving(pool)
    const done = onboarding === null || onboarding.doneAt !== null
    if (choice?.kind === 'install' && (done || PAST_AGENT.has(onboarding.step))) return installAgain(session)
    if (done) return [connected(session.state().pool)]
    if (choice === null || choice.kind === 'restart') {
      session.tell(connectCard(onboarding.id), movedOn(onboarding, session.state()))
      session.change({ onboarding: { ...onboarding, id: services.newId() } })
      // The line that stood there may have expired.
      if (onboarding.step === 'agent') await awaitAgent(session)
    } else {
      await step(session, onboarding, choice)
    }
    tellOnboarding(session)
    return []
  })
}

/** Its clones are on their way out, and then it is forgotten. */
function leaving(pool: Pool): SpinupError {
  return new SpinupError('conflict', `${pool.name} is being disconnected; connect again when that is done.`)
}

function connected(pool: Pool): View {
  const actions: Action[] = [{ action: 'run:/spinup status', label: 'Status', style: 'primary' }]
  if (pool.account !== null) {
    actions.push({ action: 'run:/spinup connect account', label: 'Link the account again', style: 'plain' })
  }
  actions.push({ action: 'run:/spinup connect another', label: 'Connect another', style: 'plain' })
  const text =
    'It is being watched. `/spinup status` shows it, `/spinup connect another` adds one more pool, `/spinup disconnect` ends this.'
  return answer('info', `${pool.name} is connected`, text, actions)
}

async function step(session: Session, onboarding: Onboarding, choice: ConnectChoice): Promise<void> {
  const { services, now } = session
  const { pool, members } = session.state()
  const origin = members.find((member) => member.role === 'origin')
  if (origin === undefined) {
    throw new SpinupError('conflict', 'The pool has no origin; type /spinup disconnect and connect again.')
  }
  if (choice.kind === 'install') {
    expect(onboarding, 'agent')
    return awaitAgent(session)
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

/** Steps at which the agent has reported already. */
const PAST_AGENT: ReadonlySet<Onboarding['step']> = new Set(['snapshot', 'copying', 'ready'])

/** The agent once more, on an origin that had one: to bring it up to date, or because it lost its key. */
async function installAgain(session: Session): Promise<readonly View[]> {
  const { services } = session
  const { pool, members } = session.state()
  const origin = members.find((member) => member.role === 'origin')
  if (origin === undefined) {
    throw new SpinupError('conflict', `${pool.name} has no origin; nothing was changed.`)
  }
  const renew = 'Clones have the agent of the snapshot: /spinup refresh makes new ones.'
  const line = await newInstallLine(services, pool)
  const prompt = `Run this line on the droplet: it brings the agent there up to date (${services.agents.version}), or puts one there. It works for half an hour. ${renew}`
  return [{ kind: 'connect', title: `The agent of ${origin.id}`, steps: [], prompt, choices: [], line, actions: [] }]
}

function expect(onboarding: Onboarding, wanted: Onboarding['step']): void {
  if (onboarding.step === wanted) return
  throw new SpinupError(
    'conflict',
    onboarding.step === 'copying' || onboarding.step === 'ready'
      ? 'That step is done already; nothing was changed.'
      : `That is not the current step (${onboarding.step}); type /spinup connect to see where you are.`,
  )
}

/**
 * A one-time link to the page where an account is linked: for a new pool, or once more for one that has an account. A
 * token never goes through chat.
 */
async function link(services: Services, poolId: string | null, asker: Asker): Promise<readonly View[]> {
  const pool = poolId === null ? null : ((await services.store.load(poolId))?.pool ?? null)
  if (pool !== null && pool.account === null) {
    throw new SpinupError(
      'conflict',
      `${pool.name} is connected, and needs no account. Type /spinup disconnect first to connect another droplet.`,
    )
  }
  const url = await services.createLink({ asker, poolId: pool?.id ?? null })
  const what =
    pool === null
      ? 'Link the account and pick the droplet on this page'
      : `Link the account of ${pool.name} again on this page`
  const title = pool === null ? 'Connect a droplet' : 'Link the account again'
  const text = `${what}: ${url}\nThe link works once, for 15 minutes. Paste no token here in the channel.`
  const { state, detail, fix } = services.reach()
  const reach = pool === null && state !== 'ok' ? `\nBefore you do: ${detail}. ${fix}` : ''
  return [{ ...answer('info', title, text + reach), private: true }]
}

/**
 * Gives up the account, tells, and forgets the pool; one bot does. Safe to do again after a crash: what is gone already is
 * passed over. The origin and its place at the balancer are left as they are.
 */
export async function endPool(services: Services, poolId: string): Promise<void> {
  const lease = await services.store.claimEnd(poolId)
  if (lease === null) return
  try {
    const state = await services.store.load(poolId)
    if (state?.pool.phase !== 'disconnecting') return
    const { pool } = state
    const behind = await leftBehind(services, state)
    const seen = pool.account === null ? [] : await poolsSeen(services, pool.tenant ?? null)
    const sharing = seen.filter((other) => other.pool.id !== poolId && other.pool.account === pool.account)
    const left = await services.forgetSecrets(sharing.length === 0 ? pool : { ...pool, account: null })
    const sharedWith = sharing.map((other) => other.pool.name)
    const view = disconnectedView(state, { left, sharedWith, behind, uninstall: services.uninstallLine })
    await services.notices.tell(poolId, disconnectCard(pool), view, services.now())
    await services.audit.note(pool, `Disconnected ${pool.name}`, left ?? 'the pool is forgotten')
    const now = services.now()
    await services.team.keepSpent(pool, monthOf(now), spent(state, now))
    await services.notices.forgetPool(pool.tenant ?? null, poolId)
    await services.store.remove(poolId)
    services.looks.delete(poolId)
    services.log.info({ pool: poolId }, 'disconnected')
  } finally {
    await lease.release()
  }
}

/** Droplets of the pool's that nobody knew: once it is forgotten, nobody would ever ask about them. */
async function leftBehind(services: Services, { pool, upkeep }: PoolState): Promise<readonly Droplet[]> {
  // One that was deleted just now may be listed yet.
  const deleted = new Set(upkeep.former.map((one) => one.dropletId))
  try {
    const found = await services.provider(pool).list(poolTag(pool.id))
    return found.filter((droplet) => madeFor(pool, droplet) && !deleted.has(droplet.id))
  } catch (error) {
    services.log.warn({ pool: pool.id, reason: messageOf(error) }, 'could not look for droplets left behind')
    return []
  }
}
