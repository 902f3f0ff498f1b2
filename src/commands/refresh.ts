import { answer } from '../core/model/answer.ts'
import { SpinupError } from '../core/model/error.ts'
import { counts } from '../core/model/member.ts'
import { nearest } from '../core/model/nearest.ts'
import type { Actor } from '../core/model/pool.ts'
import type { PoolState } from '../core/pool/state.ts'
import type { View } from '../core/model/view.ts'
import { plural } from '../core/model/words.ts'
import { tickRefresh } from '../core/pool/refresh.ts'
import { refreshCapacity, type Capacity } from '../core/pool/capacity.ts'
import type { Session } from '../engine/session.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readCount, readEnd } from './grammar/words.ts'

/** `keep`: so many snapshots are kept. */
export type RefreshChoice =
  | { readonly kind: 'graceful' }
  | { readonly kind: 'live' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'keep'; readonly count: number }

export interface Refresh {
  readonly kind: 'refresh'
  readonly choice: RefreshChoice
}

const CHOICES = ['live', 'stop', 'keep'] as const

export const command: Command<Refresh> = {
  name: 'refresh',
  task: 'setup',
  aliases: 'rebuild',
  phrases: {
    stop: 'stop refresh, cancel refresh, abort refresh, refresh cancel, refresh abort, refresh off, stop refreshing',
  },
  summary: 'after a deploy: a new snapshot, then new clones, one by one, with no request lost',
  usage: 'refresh [live | stop | keep COUNT]',
  example: '/spinup refresh',
  parse: ([word, ...rest]) => {
    const how = word?.toLowerCase()
    switch (how) {
      case undefined:
        return { kind: 'refresh', choice: { kind: 'graceful' } }
      case 'live':
      case 'stop':
        readEnd(rest)
        return { kind: 'refresh', choice: { kind: how } }
      case 'keep':
        readEnd(rest.slice(1))
        return { kind: 'refresh', choice: { kind: 'keep', count: readCount(rest[0], 'a count of snapshots', 1) } }
      default: {
        const near = nearest(how, CHOICES)
        throw new BadWords(`I do not understand “${word}”.`, near === null ? null : `/spinup refresh ${near}`)
      }
    }
  },
  options: [
    { name: 'how', summary: 'Leave it out for a graceful one', kind: 'text', choices: CHOICES },
    { name: 'count', summary: 'How many snapshots to keep', kind: 'count' },
  ],
  group: 'fleet',
  next: (words) => {
    if (words.length === 0) return CHOICES
    return words.length === 1 && words[0] === 'keep' ? ['2', '3'] : []
  },
  forOne: true,
  needs: 'readyPool',
  audit: {
    words: ({ choice }) =>
      choice.kind === 'graceful' ? '' : choice.kind === 'keep' ? `keep ${choice.count}` : choice.kind,
  },
  run: ({ change, actor }, { choice }) => change((session) => refresh(session, choice, actor)),
}

/** More would only be paid for. */
const MOST_KEPT = 50

/** A new snapshot and new clones; to stop that; or how many snapshots are kept. */
function refresh(session: Session, choice: RefreshChoice, actor: Actor): readonly View[] {
  if (choice.kind === 'keep') return keep(session, choice.count, actor)
  if (choice.kind === 'stop') return stop(session, actor)
  const state = session.state()
  const { pool } = state
  if (state.refresh?.stage === 'working') {
    throw new SpinupError('conflict', 'A refresh is under way; nothing was changed. To end it: /spinup refresh stop.')
  }
  const live = choice.kind === 'live'
  check(state, live, refreshCapacity(session))
  session.change({
    refresh: {
      id: session.services.newId(),
      actor,
      live,
      startedAt: session.now,
      endedAt: null,
      step: 'cover',
      stage: 'working',
      stopping: false,
      oldSnapshotId: pool.snapshotId,
      snapshotId: null,
      operationId: null,
      cover: null,
      owed: 0,
      moves: [],
      waiting: null,
      failure: null,
    },
  })
  const how = live ? 'live: the origin keeps running' : 'graceful: the origin is shut down for it'
  session.journal({ at: session.now, actor, what: `Refresh of ${pool.name}`, outcome: `begun, ${how}`, tone: 'info' })
  tickRefresh(session, [])
  return []
}

/** Throws when it cannot begin: better now than half-way. */
function check(state: PoolState, live: boolean, capacity: Capacity): void {
  const { members, operations, pool } = state
  const origin = members.find((member) => member.role === 'origin')
  if (origin === undefined || origin.phase !== 'inService') {
    throw new SpinupError(
      'conflict',
      `Your droplet is not in service (${origin?.phase ?? 'gone'}); nothing was changed.`,
    )
  }
  if (operations.some((one) => one.memberId === origin.id && one.state.kind === 'running')) {
    throw new SpinupError('conflict', `${origin.id} is being worked on; try again when that is done.`)
  }
  const alone = !members.some((member) => member.role === 'clone' && counts(member))
  if (live || !alone || pool.snapshotId === null) return
  if (state.memory.stoppedAt !== null) {
    throw new SpinupError(
      'conflict',
      `${origin.id} is the only member, and while creating is stopped no clone can carry the traffic meanwhile; nothing was changed. Try again with /spinup resume first, or take the snapshot live: /spinup refresh live.`,
    )
  }
  if (capacity.more >= 1) return
  throw new SpinupError(
    'limited',
    `${origin.id} is the only member, and ${capacity.limit} allows no clone to carry the traffic meanwhile; nothing was changed. Raise it, or take the snapshot live: /spinup refresh live.`,
  )
}

function stop(session: Session, actor: Actor): readonly View[] {
  const { refresh: present, pool } = session.state()
  if (present === null || present.stage !== 'working') {
    return [answer('info', `${pool.name} is not being refreshed`, 'Nothing was changed.')]
  }
  if (present.stopping) return [answer('info', 'It is stopping already', 'It ends when what is under way has ended.')]
  session.change({ refresh: { ...present, stopping: true } })
  session.journal({ at: session.now, actor, what: `Refresh of ${pool.name}`, outcome: 'is stopping', tone: 'info' })
  tickRefresh(session, [])
  return [answer('good', 'The refresh stops', 'What is running is finished first: an origin that is off comes back.')]
}

function keep(session: Session, count: number, actor: Actor): readonly View[] {
  const { pool, upkeep } = session.state()
  if (count > MOST_KEPT) {
    throw new SpinupError('badInput', `At most ${MOST_KEPT} snapshots can be kept; nothing was changed.`)
  }
  session.change({ pool: { ...pool, keepSnapshots: count }, upkeep: { ...upkeep, prune: true } })
  const what = `Keeps ${plural(count, 'snapshot')} of ${pool.name}`
  session.journal({ at: session.now, actor, what, outcome: 'set', tone: 'info' })
  return [
    answer('good', what, 'Older ones of mine are deleted within a minute; those in use and those of others never.'),
  ]
}
