import type { Decision } from '../model/decision.ts'
import type { Droplet } from '../model/droplet.ts'
import { counts } from '../model/member.ts'
import { SPINUP, type Actor, type Pool } from '../model/pool.ts'
import type { AnswerView } from '../model/view.ts'
import { plural } from '../model/words.ts'
import { listed } from '../cards/words.ts'
import { planDeparture } from '../operation/plan.ts'
import type { Draft } from './draft.ts'
import type { PoolState } from './state.ts'

/** The one card that tells a disconnection, from the confirmation to its end. */
export function disconnectCard(pool: Pool): string {
  return `disconnect:${pool.id}:${pool.createdAt}`
}

/** Lets every clone leave that nothing works on: by ordinary scale in, so that no request is cut. Ones still on their way are caught by a later tick. */
export function leave(draft: Draft, actor: Actor = SPINUP): void {
  const { pool, members } = draft.state()
  const idle = members.filter((member) => member.role === 'clone' && member.operationId === null)
  if (idle.length === 0) return
  // One that failed leaves by the same steps as one in service, and the last one, too, though nobody is left to serve.
  const from = members.filter((member) => counts(member) || idle.includes(member)).length
  const decision: Decision = {
    id: draft.newId(),
    poolId: pool.id,
    at: draft.now,
    kind: 'scaleIn',
    from,
    to: from - idle.length,
    wanted: from - idle.length,
    rule: 'manual',
    reason: 'The pool is being disconnected.',
    formula: '',
    inputs: [],
  }
  draft.change({ decision })
  draft.keepDecision(decision)
  const { reason, rule, id: decisionId } = decision
  const { now, newId } = draft
  draft.change(
    planDeparture(draft.state(), idle, { reason, actor, now, newId, from, cause: { decisionId, rule } }).change,
  )
}

/** While it goes on: who still has to leave. */
export function disconnectingView({ pool, members, operations }: PoolState): AnswerView {
  const clones = members.filter((member) => member.role === 'clone').length
  const text =
    clones > 0
      ? `${plural(clones, 'clone')} ${clones === 1 ? 'is' : 'are'} being drained and deleted.`
      : operations.length > 0
        ? 'Waiting for running work to finish.'
        : 'Nearly done.'
  return { kind: 'answer', tone: 'warn', title: `Disconnecting ${pool.name}`, text, fields: [], actions: [] }
}

/** One look at a pool that is being disconnected. True: nothing is left to wait for. */
export function lookAtLeaving(draft: Draft): boolean {
  leave(draft)
  const state = draft.state()
  draft.tell(disconnectCard(state.pool), disconnectingView(state))
  return state.operations.length === 0 && state.members.every((member) => member.role === 'origin')
}

/**
 * How it ended: what is left to the team, and what is still billed. `left`: what of its account they have to give up;
 * `sharedWith`: pools that use the account further on; `behind`: droplets nobody knew.
 */
export function disconnectedView(
  { pool, onboarding }: PoolState,
  {
    left,
    sharedWith,
    behind,
    uninstall,
  }: {
    readonly left: string | null
    readonly sharedWith: readonly string[]
    readonly behind: readonly Droplet[]
    readonly uninstall: string
  },
): AnswerView {
  const sentences = ['No clone is left, and the pool is forgotten.']
  if (behind.length > 0) {
    const names = behind.map(({ id, name }) => `${name} (${id})`).join(', ')
    sentences.push(
      `Droplets with my tags that I did not know are still there, and billed: ${names}. Delete them there.`,
    )
  }
  if (sharedWith.length > 0) sentences.push(`Access to the account stays, for ${listed(sharedWith)}.`)
  else if (pool.account !== null && left === null) sentences.push('Access to the account was revoked.')
  if (left !== null) sentences.push(`One thing is left to you: ${left}.`)
  if (pool.snapshotId !== null && pool.account !== null) {
    sentences.push('Its snapshot is still in your account, and costs a little; delete it there if you want.')
  }
  sentences.push(`${onboarding?.dropletName ?? pool.name} was not touched. This takes the agent off it: ${uninstall}`)
  return {
    kind: 'answer',
    tone: left === null && behind.length === 0 ? 'good' : 'warn',
    title: `${pool.name} is disconnected`,
    text: sentences.join(' '),
    fields: [],
    actions: [{ action: 'run:/spinup connect another', label: 'Connect a droplet', style: 'plain' }],
  }
}
