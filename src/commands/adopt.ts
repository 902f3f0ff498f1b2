import { SpinupError } from '../core/model/error.ts'
import { counts } from '../core/model/member.ts'
import type { Actor } from '../core/model/pool.ts'
import type { View } from '../core/model/view.ts'
import { capital } from '../core/model/words.ts'
import { begin } from '../core/operation/next.ts'
import { capacityFor } from '../core/pool/capacity.ts'
import type { Session } from '../engine/session.ts'
import { forgetUnmanaged, noSuchDroplet, unmanagedOf, vanished } from '../core/pool/unmanaged.ts'
import { madeFor } from '../core/pool/tags.ts'
import type { Droplet } from '../providers/provider.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readEnd, readName, readNamed } from './grammar/words.ts'

/** `droplet`: by id or name. */
export const command: Command<{ readonly kind: 'adopt'; readonly droplet: string }> = {
  name: 'adopt',
  task: 'setup',
  aliases: 'claim, take in',
  summary: 'take a droplet that carries my tags and that I do not know into the pool',
  usage: 'adopt DROPLET',
  example: '/spinup adopt web-4',
  parse: (words) => {
    const [droplet, ...rest] = readNamed(words)
    if (droplet === undefined) throw new BadWords('Which droplet?', null)
    readEnd(rest)
    return { kind: 'adopt', droplet: readName(droplet, 'droplet', '/spinup adopt web-4') }
  },
  options: [{ name: 'droplet', summary: 'Its name or id', kind: 'text', required: true }],
  group: 'fleet',
  forOne: true,
  needs: 'readyPool',
  audit: { words: ({ droplet }) => droplet },
  run: async ({ services, state, change, actor }, { droplet }) => {
    // Asked for before the pool's lock is taken.
    const known = unmanagedOf(state, droplet)
    const found = known === null ? null : await services.provider(state.pool).get(known.dropletId)
    return change((session) => adopt(session, droplet, found, actor))
  },
}

/** Takes a droplet that nobody knew into the pool: it is hooked on once it is healthy. */
async function adopt(
  session: Session,
  wanted: string,
  droplet: Droplet | null,
  actor: Actor,
): Promise<readonly View[]> {
  const { services, now } = session
  const state = session.state()
  const { pool } = state
  const unmanaged = unmanagedOf(state, wanted)
  if (unmanaged === null) throw noSuchDroplet(state, wanted)
  if (droplet === null || droplet.id !== unmanaged.dropletId || !madeFor(pool, droplet)) throw vanished(unmanaged.name)
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
  const others = state.upkeep.unmanaged.filter((one) => one !== unmanaged)
  const capacity = capacityFor({ ...state, upkeep: { ...state.upkeep, unmanaged: others } }, now, session.windows())
  if (capacity.more < 1) {
    throw new SpinupError('limited', `${capital(capacity.limit)} allows no more; nothing was changed.`)
  }
  // Keys are made from the operation that made the droplet, so the one its agent holds is good again.
  if (unmanaged.operationId !== null) {
    const random = services.memberKey(unmanaged.operationId).slice(0, 32)
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
  forgetUnmanaged(session, droplet.id)
  return []
}
