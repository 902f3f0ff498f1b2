import { answer } from '../core/model/answer.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Actor } from '../core/model/pool.ts'
import type { PoolState } from '../core/pool/state.ts'
import type { View } from '../core/model/view.ts'
import { plural } from '../core/model/words.ts'
import { close, openApproval } from '../core/pool/approvals.ts'
import { disconnectCard, disconnectingView, leave } from '../core/pool/disconnecting.ts'
import { connectCard } from '../engine/connect/onboard.ts'
import { movedOn } from '../engine/connect/begin-pool.ts'
import type { Session } from '../engine/session.ts'
import type { Command } from './command.ts'
import { readEnd } from './grammar/words.ts'

/** `confirm`: the pool's name, typed or pressed; null asks. */
export interface Disconnect {
  readonly kind: 'disconnect'
  readonly confirm: string | null
}

export const command: Command<Disconnect> = {
  name: 'disconnect',
  task: 'setup',
  summary: 'end it: clones leave and are deleted, access to the account is given up; your droplet stays as it is',
  usage: 'disconnect [POOL]',
  example: '/spinup disconnect',
  parse: ([name, ...rest]) => {
    readEnd(rest)
    return { kind: 'disconnect', confirm: name ?? null }
  },
  options: [{ name: 'pool', summary: 'Its name, to confirm', kind: 'text', offers: ({ pools }) => pools }],
  next: (words, { pools }) => (words.length === 0 ? pools : []),
  group: 'fleet',
  forOne: true,
  reads: ({ confirm }) => confirm === null,
  needs: 'pool',
  pools: 'itsOwn',
  isOf: ({ confirm }, { pool }) => isCalled(pool, confirm),
  audit: { words: ({ confirm }) => confirm ?? '' },
  run: ({ change, actor }, { confirm }) => change((session) => disconnect(session, confirm, actor)),
}

/** Asks first; with the pool's name, typed or pressed, it begins: clones leave, then the pool is forgotten. */
function disconnect(session: Session, confirm: string | null, actor: Actor): readonly View[] {
  const state = session.state()
  const { pool, onboarding } = state
  if (pool.phase === 'disconnecting') return [disconnectingView(state)]
  if (confirm === null) return [question(state)]
  if (!isCalled(pool, confirm)) {
    throw new SpinupError(
      'badInput',
      `The connected droplet is ${pool.name}, not ${confirm}; nothing was changed. To end it: /spinup disconnect ${pool.name}.`,
    )
  }
  const open = openApproval(state)
  const note = `${actor.name} disconnects the pool`
  session.change({
    pool: { ...pool, phase: 'disconnecting' },
    pin: null,
    pause: null,
    // What was to be spared leaves as well, by this person's word.
    protections: Object.fromEntries(Object.keys(state.protections).map((id) => [id, null])),
    ...(open === null
      ? {}
      : { approvals: { put: [close(open, { state: 'superseded', by: actor, note }, session.now)] } }),
  })
  session.journal({ at: session.now, actor, what: `Disconnect ${pool.name}`, outcome: 'begun', tone: 'warn' })
  if (onboarding !== null && onboarding.doneAt === null) {
    session.tell(connectCard(onboarding.id), movedOn(onboarding, state))
  }
  leave(session, actor)
  session.tell(disconnectCard(pool), disconnectingView(session.state()))
  return []
}

function isCalled({ name }: PoolState['pool'], confirm: string | null): boolean {
  return confirm?.toLowerCase() === name.toLowerCase()
}

function question({ pool, members, operations }: PoolState): View {
  const clones = members.filter((member) => member.role === 'clone').length
  const first =
    clones > 0
      ? `${plural(clones, 'clone')} ${clones === 1 ? 'is' : 'are'} drained and deleted first. Then`
      : operations.length > 0
        ? 'Running work is finished first. Then'
        : 'At once'
  const access = pool.account === null ? '' : 'give up access to the account and '
  const balancer = pool.balancer === 'builtin' ? 'the built-in balancer' : 'its balancer'
  return answer(
    'warn',
    `Disconnect ${pool.name}?`,
    `${first} I ${access}forget the pool, with its history and its agents’ keys. Your own droplet is not touched and stays on ${balancer}; so does the snapshot in your account.`,
    [{ action: `run:/spinup disconnect ${pool.name}`, label: `Disconnect ${pool.name}`, style: 'danger' }],
  )
}
