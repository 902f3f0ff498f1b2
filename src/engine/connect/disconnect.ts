import type { Decision } from '../../core/model/decision.ts'
import { counts } from '../../core/model/member.ts'
import { messageOf } from '../../core/model/error.ts'
import { SPINUP, type Actor, type Pool } from '../../core/model/pool.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { AnswerView } from '../../core/model/view.ts'
import { plural } from '../../core/model/words.ts'
import type { Droplet } from '../../providers/provider.ts'
import { carryOut } from '../../core/operation/scale.ts'
import type { Services } from '../services.ts'
import type { Session } from '../session.ts'
import { madeFor, poolTag } from '../../core/pool/tags.ts'

/** The one card that tells a disconnection, from the confirmation to its end. */
export function disconnectCard(pool: Pool): string {
  return `disconnect:${pool.id}:${pool.createdAt}`
}

/** Lets every clone leave that nothing works on: by ordinary scale in, so that no request is cut. Ones still on their way are caught by a later tick. */
export function leave(session: Session, actor: Actor = SPINUP): void {
  const { pool, members } = session.state()
  const idle = members.filter((member) => member.role === 'clone' && member.operationId === null)
  if (idle.length === 0) return
  // One that failed leaves by the same steps as one in service.
  session.change({ members: { put: idle.map((member) => ({ ...member, phase: 'inService' })) } })
  const from = session.state().members.filter((member) => counts(member)).length
  const decision: Decision = {
    id: session.services.newId(),
    poolId: pool.id,
    at: session.now,
    kind: 'scaleIn',
    from,
    to: from - idle.length,
    wanted: from - idle.length,
    rule: 'manual',
    reason: 'The pool is being disconnected.',
    formula: '',
    inputs: [],
  }
  session.change({ decision })
  session.keepDecision(decision)
  carryOut(session, decision, actor)
}

/** While it goes on: who still has to leave. */
export function disconnectingView({ pool, members, operations }: PoolState): AnswerView {
  const clones = members.filter((member) => member.role === 'clone').length
  const text =
    clones > 0
      ? `${plural(clones, 'clone')} ${clones === 1 ? 'is' : 'are'} being drained and deleted.`
      : operations.length > 0
        ? 'Waiting for what is going on to finish.'
        : 'Nearly done.'
  return { kind: 'answer', tone: 'warn', title: `Disconnecting ${pool.name}`, text, fields: [], actions: [] }
}

/** One look at a pool that is being disconnected, under its lock. True: nothing is left to wait for. */
export function lookAtLeaving(session: Session): boolean {
  leave(session)
  const state = session.state()
  session.tell(disconnectCard(state.pool), disconnectingView(state))
  return state.operations.length === 0 && state.members.every((member) => member.role === 'origin')
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
    const left = await services.forgetSecrets(pool)
    const view = endedView(state, left, behind, services.uninstallLine(pool))
    await services.notices.tell(poolId, disconnectCard(pool), view, services.now())
    await services.audit.note(pool, `Disconnected ${pool.name}`, left ?? 'the pool is forgotten')
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

function endedView(
  { pool, onboarding }: PoolState,
  left: string | null,
  behind: readonly Droplet[],
  uninstall: string | null,
): AnswerView {
  const sentences = ['No clone is left, and the pool is forgotten.']
  if (behind.length > 0) {
    const names = behind.map(({ id, name }) => `${name} (${id})`).join(', ')
    sentences.push(
      `Droplets with my tags that I did not know are still there, and billed: ${names}. Delete them there.`,
    )
  }
  if (pool.account !== null && left === null) sentences.push('Access to the account was revoked.')
  if (left !== null) sentences.push(`One thing is left to you: ${left}.`)
  if (pool.snapshotId !== null && pool.account !== null) {
    sentences.push('Its snapshot is still in your account, and costs a little; delete it there if you want.')
  }
  const took = uninstall === null ? '' : ` This takes the agent off it: ${uninstall}`
  sentences.push(`${onboarding?.dropletName ?? pool.name} was not touched.${took}`)
  return {
    kind: 'answer',
    tone: left === null && behind.length === 0 ? 'good' : 'warn',
    title: `${pool.name} is disconnected`,
    text: sentences.join(' '),
    fields: [],
    actions: [{ action: 'run:/spinup connect', label: 'Connect a droplet', style: 'plain' }],
  }
}
