import { answer } from '../core/model/answer.ts'
import type { Decision } from '../core/model/decision.ts'
import { inForce } from '../core/model/member.ts'
import type { Actor, Pin } from '../core/model/pool.ts'
import type { Episode } from '../core/model/state.ts'
import type { PoolState } from '../core/pool/state.ts'
import type { View } from '../core/model/view.ts'
import { duration, plural } from '../core/model/words.ts'
import { carryOut } from '../core/operation/scale.ts'
import { newestFirst } from '../core/pool/episodes.ts'
import { meaning, replacePin, sizeOf } from '../core/pool/pin.ts'
import { leaving } from '../core/operation/plan.ts'
import { capacityOf, limitsOf } from '../core/pool/capacity.ts'
import type { Session } from '../engine/session.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { meaningful, readId } from './grammar/words.ts'

/** Takes that scale event back; null: the last one. */
/** What is no scale event, and lasts until its own command. */
const ENDED_BY = new Map([
  ['pin', 'unpin'],
  ['pause', 'resume'],
  ['snooze', 'snooze off'],
])

export const command: Command<{ readonly kind: 'undo'; readonly episode: string | null }> = {
  name: 'undo',
  task: 'scaling',
  aliases: 'revert, rollback, roll back, take back, undo last scale, undo scale, undo last change',
  summary: 'take the last scale event back, and hold the size before it for 30 minutes',
  usage: 'undo [EVENT]',
  example: '/spinup undo',
  parse: (words) => {
    const [word = ''] = meaningful(words)
    const end = ENDED_BY.get(word.toLowerCase())
    if (end !== undefined) throw new BadWords(`A ${word} is ended by ${end}.`, `/spinup ${end}`)
    return { kind: 'undo', episode: readId(words, 'scale event', '/spinup undo') }
  },
  options: [{ name: 'event', summary: 'the event on a card; the last one by default', kind: 'text' }],
  needs: 'readyPool',
  isOf: ({ episode }, { episodes }) => episodes.some(({ id }) => id === episode),
  audit: { words: ({ episode }) => episode ?? '' },
  run: async (at, { episode }) => {
    const timeZone = await at.timeZone()
    return at.change((session) => undo(session, episode, timeZone, at.actor))
  },
}

/** The size an undo goes back to is held this long: the judgement would do the same again at once. */
const HELD_MS = 30 * 60_000

/**
 * Takes a scale event back (null: the last one): the pool returns to the size it had, within the limits, and is pinned
 * there. What can't be taken back is said, and then nothing has changed.
 */
function undo(session: Session, episodeId: string | null, timeZone: string, actor: Actor): readonly View[] {
  const state = session.state()
  const { pool, pin } = state
  const newest = state.episodes.toSorted(newestFirst)[0] ?? null
  const episode = episodeId === null ? newest : (state.episodes.find(({ id }) => id === episodeId) ?? null)
  if (episode === null) return [unknown(episodeId)]
  const refusal = refuse(session, state, episode)
  if (refusal !== null) return [refusal]
  // The pin that made it is taken back with it.
  if (pin !== null && inForce(pin, session.now) && !(episode === newest && madeBy(pin, episode))) {
    return [
      no(`${pool.name} is pinned at ${pin.count} by ${pin.owner.name}`, 'It stays there until the pin is lifted.', [
        { action: 'run:/spinup unpin', label: 'Unpin', style: 'primary' },
      ]),
    ]
  }
  const size = sizeOf(state)
  const limits = limitsOf(pool.policy, session.windows())
  const aim = goal(state, episode, episode === newest, limits)
  const capacity = capacityOf(session)
  const most = Math.min(aim.to, size + capacity.more)
  const limit = most < aim.to ? capacity.limit : aim.limit
  // Limits that are narrower by now may stop it, and never turn it round.
  const to = episode.direction === 'out' ? Math.min(size, most) : Math.max(size, most)
  if (to === size) {
    const why = limit === null ? `it is at ${size} members already` : `${limit} keeps it at ${size}`
    return [no('There is nothing left to take back', `${pool.name} scaled ${wordsOf(episode)}, and ${why}.`)]
  }
  if (to > size && state.memory.stoppedAt !== null) {
    const text = 'Clones failed in a row. When you have seen why, try again: /spinup resume, then /spinup undo.'
    return [no('Creating is stopped', text)]
  }
  return take(session, { episode, size, to, limit, timeZone }, actor)
}

function take(
  session: Session,
  plan: { episode: Episode; size: number; to: number; limit: string | null; timeZone: string },
  actor: Actor,
): readonly View[] {
  const { episode, size, to, limit, timeZone } = plan
  const { now } = session
  const { name, id: poolId } = session.state().pool
  const reason = `undo of ${wordsOf(episode)}`
  const held: Pin = { count: to, owner: actor, reason, at: now, expiresAt: now + HELD_MS }
  const before = session.state()
  replacePin(session, held)
  session.change({ episodes: { put: [{ ...episode, undone: { by: actor, at: now } }] } })
  // What can't leave yet, because it is still on its way, the pin sees to.
  const movable = to > size ? to - size : leaving(session.state(), size - to, now).length
  const decision: Decision = {
    id: session.services.newId(),
    poolId,
    at: now,
    kind: to > size ? 'scaleOut' : 'scaleIn',
    from: size,
    to: to > size ? to : size - movable,
    wanted: to,
    rule: 'manual',
    reason: `${actor.name} took back ${wordsOf(episode)}.`,
    formula: '',
    inputs: [],
  }
  if (movable > 0) {
    session.change({ decision })
    session.keepDecision(decision)
    carryOut(session, decision, actor)
  }
  const what = `Took back ${wordsOf(episode)}`
  const ago = duration(now - episode.startedAt)
  session.journal({
    at: now,
    actor,
    what,
    outcome: `to ${plural(to, 'member')}, pinned for ${duration(HELD_MS)}`,
    tone: 'info',
  })
  const doing =
    to > size
      ? `${to - size} ${to - size === 1 ? 'is' : 'are'} added`
      : `${size - to} ${size - to === 1 ? 'leaves' : 'leave'}`
  const later = movable < Math.abs(to - size) ? ', as soon as it can' : ''
  const short = limit === null ? '' : ` No further: ${limit} allows no ${to > size ? 'more' : 'fewer'}.`
  return [
    answer(
      'good',
      `${name} goes back to ${plural(to, 'member')}`,
      `${what}, ${ago} ago: ${doing}${later}.${short} It is pinned there for ${duration(HELD_MS)}, or the load would ask for the same again at once.`,
      [{ action: 'run:/spinup unpin', label: 'Unpin: let the policy decide', style: 'plain' }],
      meaning(before, held, timeZone),
    ),
  ]
}

/** The size to return to: the one before, or, where more has happened since, without what this event did. */
function goal(
  state: PoolState,
  episode: Episode,
  last: boolean,
  { min, max }: ReturnType<typeof limitsOf>,
): { readonly to: number; readonly limit: string | null } {
  const sign = episode.direction === 'out' ? 1 : -1
  const done = Object.values(episode.outcomes).filter(({ ok }) => ok).length
  const change = episode.endedAt === null ? Math.abs(episode.to - episode.from) : done
  const wanted = last ? episode.from : sizeOf(state) - sign * change
  if (wanted > max) return { to: max, limit: `the maximum of ${max}` }
  if (wanted < min) return { to: min, limit: `the minimum of ${min}` }
  return { to: wanted, limit: null }
}

function madeBy(pin: Pin, { rule, startedAt }: Episode): boolean {
  return rule === 'pin' && pin.at <= startedAt
}

function refuse(session: Session, state: PoolState, episode: Episode): View | null {
  const { undone, endedAt, outcomes } = episode
  const when = (at: number): string => `${duration(session.now - at)} ago`
  if (undone !== undefined) {
    return no('That is taken back already', `${undone.by.name} took back ${wordsOf(episode)} ${when(undone.at)}.`)
  }
  if (endedAt !== null && !Object.values(outcomes).some(({ ok }) => ok)) {
    return no('There is nothing to take back', `Nothing came of ${wordsOf(episode)}: it failed.`)
  }
  const size = sizeOf(state)
  const inwards = episode.direction === 'out' && leaving(state, size, session.now).length === 0
  const arriving = state.members.some(({ phase }) => phase !== 'inService' && phase !== 'failed')
  if (!inwards || arriving || size <= state.pool.policy.min) return null
  return no('No member can leave', 'Each is the origin, protected, or the only one in service. See /spinup status.')
}

function unknown(episodeId: string | null): View {
  return episodeId === null
    ? no('There is nothing to take back', 'Nothing was scaled in the last hour.')
    : no('That is too long ago', 'Scale events can be taken back for an hour. To go to a size: /spinup scale COUNT.')
}

function no(title: string, text: string, actions: Parameters<typeof answer>[3] = []): View {
  return { ...answer('warn', title, `${text} Nothing was changed.`, actions), private: true }
}

/** `out 1 → 3`. */
function wordsOf({ direction, from, to }: Episode): string {
  return `${direction} ${from} → ${to}`
}
