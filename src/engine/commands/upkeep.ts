import { SpinupError } from '../../core/model/error.ts'
import { didYouMean } from '../../core/model/nearest.ts'
import { counts } from '../../core/model/member.ts'
import type { Actor } from '../../core/model/pool.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Stranger } from '../../core/model/upkeep.ts'
import type { View } from '../../core/model/view.ts'
import { begin } from '../../core/operation/next.ts'
import type { Droplet } from '../../providers/provider.ts'
import { capital } from '../../core/model/words.ts'
import { departing, planDeparture } from '../plan.ts'
import { openWindows, roomFor } from '../room.ts'
import type { Services } from '../services.ts'
import type { Session } from '../session.ts'
import { madeFor } from '../tags.ts'
import { answer } from './answer.ts'

/** The droplet behind a stranger, by id or name, as it is now; asked before the pool's lock is taken. */
export async function findStranger(services: Services, state: PoolState, wanted: string): Promise<Droplet | null> {
  const stranger = strangerOf(state, wanted)
  return stranger === null ? null : services.provider(state.pool).get(stranger.dropletId)
}

function strangerOf(state: PoolState, wanted: string): Stranger | null {
  const { strangers } = state.upkeep
  return strangers.find((one) => one.dropletId === wanted) ?? strangers.find((one) => one.name === wanted) ?? null
}

/** Takes a droplet that nobody knew into the pool: it is hooked on once it is healthy. */
export async function adopt(
  session: Session,
  wanted: string,
  droplet: Droplet | null,
  actor: Actor,
): Promise<readonly View[]> {
  const { services, now } = session
  const state = session.state()
  const { pool } = state
  const stranger = strangerOf(state, wanted)
  if (stranger === null) throw unknown(state, wanted)
  if (droplet === null || droplet.id !== stranger.dropletId || !madeFor(pool, droplet)) throw vanished(stranger.name)
  if (droplet.status === 'off') {
    throw new SpinupError('conflict', `${droplet.name} is switched off; switch it on first. Nothing was changed.`)
  }
  if (state.members.some((member) => member.id === droplet.name)) {
    throw new SpinupError(
      'conflict',
      `There is a member called ${droplet.name} already, and its agent reports under that name; remove this one instead: /spinup remove ${droplet.id}. Nothing was changed.`,
    )
  }
  // It is there already, so it makes none more.
  const strangers = state.upkeep.strangers.filter((one) => one !== stranger)
  const room = roomFor({ ...state, upkeep: { ...state.upkeep, strangers } }, now, openWindows(session))
  if (room.more < 1) {
    throw new SpinupError('limited', `${capital(room.limit)} leaves no room for another; nothing was changed.`)
  }
  // Keys are made from the operation that made the droplet, so the one its agent holds is good again.
  if (stranger.operationId !== null) {
    const random = services.memberKey(stranger.operationId).slice(0, 32)
    await services.identities.issue(pool.id, droplet.name, random)
  }
  const operationId = services.newId()
  const episodeId = services.newId()
  const from = state.members.filter((member) => counts(member)).length
  const operation = begin({
    id: operationId,
    poolId: pool.id,
    kind: 'adopt',
    memberId: droplet.name,
    episodeId,
    actor,
    now,
    dropletId: droplet.id,
  })
  const number = Number(/-(\d+)$/.exec(droplet.name)?.[1] ?? 0)
  session.change({
    members: {
      put: [
        {
          id: droplet.name,
          poolId: pool.id,
          role: 'clone',
          phase: 'booting',
          phaseAt: now,
          createdAt: droplet.createdAt,
          dropletId: droplet.id,
          url: null,
          operationId,
          failure: null,
        },
      ],
    },
    operations: { put: [operation] },
    episodes: {
      put: [
        {
          id: episodeId,
          direction: 'out',
          from,
          to: from + 1,
          reason: `${actor.name} adopted ${droplet.name}.`,
          startedAt: now,
          endedAt: null,
          actor,
          operationIds: [operationId],
          outcomes: {},
        },
      ],
    },
    nextMember: Math.max(state.nextMember, number + 1),
  })
  forget(session, droplet.id)
  return []
}

/** Drains and deletes one clone, or a droplet nobody knew; never the origin, never a droplet without Spinup's tags. */
export function remove(session: Session, wanted: string, droplet: Droplet | null, actor: Actor): readonly View[] {
  const { services, now } = session
  const state = session.state()
  const member = state.members.find((one) => one.id === wanted)
  if (member === undefined) return removeStranger(session, wanted, droplet, actor)
  if (member.role === 'origin') {
    throw new SpinupError('conflict', `${member.id} is your own droplet; I never delete it. Nothing was changed.`)
  }
  if (member.phase !== 'inService') {
    throw new SpinupError('conflict', `${member.id} is not in service (${member.phase}); nothing was changed.`)
  }
  if (!state.members.some((one) => one.id !== member.id && one.phase === 'inService')) {
    throw new SpinupError('conflict', `${member.id} is the only member in service; nothing was changed.`)
  }
  const reason = `Asked for by ${actor.name}.`
  session.change(planDeparture(state, [member], { reason, actor, now, newId: services.newId }).change)
  const { upkeep } = session.state()
  session.change({ upkeep: { ...upkeep, off: upkeep.off.filter((id) => id !== member.id) } })
  return []
}

function removeStranger(session: Session, wanted: string, droplet: Droplet | null, actor: Actor): readonly View[] {
  const { services, now } = session
  const state = session.state()
  const stranger = strangerOf(state, wanted)
  if (stranger === null) throw unknown(state, wanted)
  if (droplet === null) {
    forget(session, stranger.dropletId)
    return [answer('info', `${stranger.name} is gone already`, 'Nothing was left to delete.')]
  }
  if (droplet.id !== stranger.dropletId || !madeFor(state.pool, droplet)) throw vanished(stranger.name)
  const operationId = services.newId()
  const taken = state.members.some((member) => member.id === droplet.name)
  // A leaving member for as long as it takes: so it is drained and deleted like any other, also after a restart.
  const pair = departing(
    {
      id: taken ? `${droplet.name}-${droplet.id}` : droplet.name,
      poolId: state.pool.id,
      role: 'clone',
      phase: 'draining',
      phaseAt: now,
      createdAt: droplet.createdAt,
      dropletId: droplet.id,
      url: droplet.url,
      operationId,
      failure: null,
    },
    { episodeId: `remove:${operationId}`, operationId, actor, now },
  )
  session.change({ members: { put: [pair.member] }, operations: { put: [pair.operation] } })
  forget(session, droplet.id)
  session.journal({ at: now, actor, what: `Removed ${droplet.name} (${droplet.id})`, outcome: 'unknown', tone: 'info' })
  return [answer('good', `Removing ${droplet.name}`, 'It is taken off the balancer first, then deleted.')]
}

function forget(session: Session, dropletId: string): void {
  const { upkeep } = session.state()
  session.change({
    upkeep: { ...upkeep, strangers: upkeep.strangers.filter((one) => one.dropletId !== dropletId) },
  })
}

function unknown(state: PoolState, wanted: string): SpinupError {
  const names = [...state.members.map((member) => member.id), ...state.upkeep.strangers.map((one) => one.name)]
  return new SpinupError(
    'notFound',
    `There is no member and no unknown droplet called ${wanted}; there are ${names.join(', ')}.${didYouMean(wanted, names)} Nothing was changed.`,
  )
}

function vanished(name: string): SpinupError {
  return new SpinupError('notFound', `${name} is gone, or no longer carries my tags; nothing was changed.`)
}
