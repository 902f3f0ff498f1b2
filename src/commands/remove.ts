import { answer } from '../core/model/answer.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Actor } from '../core/model/pool.ts'
import type { View } from '../core/model/view.ts'
import { departing, planDeparture } from '../core/operation/plan.ts'
import type { Session } from '../engine/session.ts'
import { memberCalled } from '../core/pool/member-called.ts'
import { forgetUnmanaged, noSuchDroplet, unmanagedOf, vanished } from '../core/pool/unmanaged.ts'
import { madeFor } from '../core/pool/tags.ts'
import type { Droplet } from '../providers/provider.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readEnd, readName, readNamed } from './grammar/words.ts'

/** `name`: of a member, or of a droplet that is not known, or that one's id. */
export const command: Command<{ readonly kind: 'remove'; readonly name: string }> = {
  name: 'remove',
  task: 'setup',
  aliases: 'rm, delete, kill, terminate, destroy, drain, get rid of',
  summary: 'drain and delete one clone, or a droplet with my tags that I do not know; never the origin',
  usage: 'remove MEMBER',
  example: '/spinup remove web-3',
  parse: (words) => {
    const [name, ...rest] = readNamed(words)
    if (name === undefined) throw new BadWords('Which member?', null)
    readEnd(rest)
    if (/^pin$/i.test(name)) throw new BadWords('A pin is ended by unpin.', '/spinup unpin')
    return { kind: 'remove', name: readName(name, 'member', '/spinup remove web-3') }
  },
  options: [
    {
      name: 'member',
      summary: 'Which clone, or a droplet with my tags',
      kind: 'text',
      required: true,
      offers: ({ members }) => members,
    },
  ],
  group: 'fleet',
  next: (words, facts) => (words.length === 0 ? facts.members : []),
  forOne: true,
  needs: 'readyPool',
  isOf: ({ name }, { members }) => memberCalled(members, name) !== null,
  audit: { words: ({ name }) => name },
  run: async ({ services, state, change, actor }, { name }) => {
    // Asked for before the pool's lock is taken.
    const known = unmanagedOf(state, name)
    const found = known === null ? null : await services.provider(state.pool).get(known.dropletId)
    return change((session) => remove(session, name, found, actor))
  },
}

/** Drains and deletes one clone, or a droplet nobody knew; never the origin, never a droplet without Spinup's tags. */
function remove(session: Session, wanted: string, droplet: Droplet | null, actor: Actor): readonly View[] {
  const { services, now } = session
  const state = session.state()
  const member = memberCalled(state.members, wanted)
  if (member === null) return removeUnmanaged(session, wanted, droplet, actor)
  if (member.role === 'origin') {
    throw new SpinupError('conflict', `${member.id} is your own droplet; I never delete it. Nothing was changed.`)
  }
  if (member.phase !== 'inService') {
    throw new SpinupError('conflict', `${member.id} is not in service (${member.phase}); nothing was changed.`)
  }
  if (!state.members.some((one) => one.id !== member.id && one.phase === 'inService')) {
    throw new SpinupError('conflict', `${member.id} is the only member in service; nothing was changed.`)
  }
  const reason = `Requested by ${actor.name}.`
  session.change(planDeparture(state, [member], { reason, actor, now, newId: services.newId }).change)
  const { upkeep } = session.state()
  session.change({ upkeep: { ...upkeep, off: upkeep.off.filter((id) => id !== member.id) } })
  return []
}

function removeUnmanaged(session: Session, wanted: string, droplet: Droplet | null, actor: Actor): readonly View[] {
  const { services, now } = session
  const state = session.state()
  const unmanaged = unmanagedOf(state, wanted)
  if (unmanaged === null) throw noSuchDroplet(state, wanted)
  if (droplet === null) {
    forgetUnmanaged(session, unmanaged.dropletId)
    return [answer('info', `${unmanaged.name} is gone already`, 'Nothing was left to delete.')]
  }
  if (droplet.id !== unmanaged.dropletId || !madeFor(state.pool, droplet)) throw vanished(unmanaged.name)
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
  forgetUnmanaged(session, droplet.id)
  session.journal({ at: now, actor, what: `Removed ${droplet.name} (${droplet.id})`, outcome: 'unknown', tone: 'info' })
  return [answer('good', `Removing ${droplet.name}`, 'It is taken off the balancer first, then deleted.')]
}
