import { answer } from '../core/model/answer.ts'
import { SpinupError } from '../core/model/error.ts'
import { inForce } from '../core/model/member.ts'
import type { Actor, Pin } from '../core/model/pool.ts'
import type { Field, View } from '../core/model/view.ts'
import { capital, duration, plural } from '../core/model/words.ts'
import type { PoolState } from '../core/pool/state.ts'
import { meaning, replacePin, sizeOf } from '../core/pool/pin.ts'
import { capacityOf, lastingCapacity, limitsOf } from '../core/pool/capacity.ts'
import type { Session } from '../engine/session.ts'
import type { Command, Reading } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { COUNT, REASON, TIME } from './grammar/options.ts'
import { readSpan } from './grammar/span.ts'
import { timeAhead } from './grammar/time-ahead.ts'
import { durationAt } from './grammar/time.ts'
import { neededSize, readCount, readReason, spanWords } from './grammar/words.ts'

const DEFAULT_MS = 3600_000

export interface PinWish {
  readonly kind: 'pin'
  readonly count: number
  readonly forMs: number
  readonly reason: string
}

export const command: Command<PinWish> = {
  name: 'pin',
  task: 'hold',
  aliases: 'hold, lock, keep, fix',
  summary: 'hold the count for a while, whatever the load (one hour when you give no time)',
  usage: 'pin COUNT [for DURATION | until HH:MM] [REASON]',
  example: '/spinup pin 3 for 10m launch day',
  parse: (words, at) => {
    if (/^(off|none|clear|remove|stop|end)$/i.test(words[0] ?? ''))
      throw new BadWords('A pin is ended by unpin.', '/spinup unpin')
    const said = countFirst(words, at)
    if (durationAt(said) !== null || /^(for|until)$/i.test(said[0] ?? '')) readCount(undefined, 'a count', 1)
    const size = neededSize(said)
    const { forMs, rest } = readSpan(size.rest, { ...at, before: `pin ${size.count}` })
    return { kind: 'pin', count: size.count, forMs: forMs ?? DEFAULT_MS, reason: readReason(rest) }
  },
  options: [COUNT, TIME, REASON],
  next: (words) => {
    if (words.length === 0) return ['2', '3', '4']
    if (words.length === 1) return ['for', 'until']
    return words.length === 2 && words[1] === 'for' ? ['10m', '1h', '2h', '1d'] : []
  },
  needs: 'readyPool',
  audit: { words: ({ count, forMs, reason }) => `${count} ${spanWords(forMs)} ${reason}` },
  run: async (at, wish) => {
    const timeZone = await at.timeZone()
    return at.change((session) => pin(session, { ...wish, timeZone }, at.actor))
  },
}

/** `for 2h at 3` as `at 3 for 2h`. */
function countFirst(words: readonly string[], { now, zone }: Reading): readonly string[] {
  const [first = '', ...rest] = words
  const span = /^for$/i.test(first)
    ? durationAt(rest)
    : /^(until|till?)$/i.test(first)
      ? timeAhead(rest, now, zone)
      : null
  if (span === null) return words
  return [...rest.slice(span.length), first, ...rest.slice(0, span.length)]
}

/** Holds the count at `count` for `forMs`; never past the policy's limits or the money. Answers what that means. */
function pin(session: Session, wish: PinWish & { readonly timeZone: string }, actor: Actor): readonly View[] {
  const state = session.state()
  const { count, forMs, reason } = wish
  const { policy, name } = state.pool
  if (count > policy.max || count < policy.min) {
    throw new SpinupError(
      'limited',
      `A pin must be between the minimum of ${policy.min} and the maximum of ${policy.max}; nothing was changed.`,
    )
  }
  const size = sizeOf(state)
  const capacity = lastingCapacity(session)
  if (count - size > capacity.more) {
    throw new SpinupError(
      'limited',
      `${capital(capacity.limit)} allows ${size + capacity.more}; nothing was changed. See /spinup cost.`,
    )
  }
  const held: Pin = { count, owner: actor, reason, at: session.now, expiresAt: session.now + forMs }
  replacePin(session, held)
  session.journal({
    at: session.now,
    actor,
    what: `Pinned ${name} at ${count} for ${duration(forMs)}`,
    outcome: reason,
    tone: 'info',
  })
  return [
    answer(
      'good',
      `${name} is pinned at ${plural(count, 'member')} for ${duration(forMs)}`,
      `${change(session, state, count)} Nothing scales it until the pin expires or someone lifts it.`,
      [{ action: 'run:/spinup unpin', label: 'Unpin', style: 'plain' }],
      [
        { name: 'By', value: actor.name },
        ...(reason === '' ? [] : [{ name: 'Reason', value: reason }]),
        ...meaning(state, held, wish.timeZone),
        ...replaced(state, session.now),
      ],
    ),
  ]
}

/** Whose pin it takes the place of. */
function replaced({ pin: before }: PoolState, now: number): readonly Field[] {
  if (before === null || !inForce(before, now)) return []
  const { count, owner, expiresAt } = before
  return [{ name: 'Instead of', value: `${owner.name}’s pin at ${count}, ${duration(expiresAt - now)} left` }]
}

function change(session: Session, state: PoolState, pinned: number): string {
  const size = sizeOf(state)
  const { min } = limitsOf(state.pool.policy, session.windows())
  const count = Math.max(min, pinned)
  const why = count > pinned ? ` The calendar keeps at least ${min} at present.` : ''
  if (count === size) return `It is at ${why === '' ? 'that size' : size} now.${why}`
  const what = `${count > size ? 'Adding' : 'Removing'} ${Math.abs(count - size)}`
  if (inForce(state.pause, session.now)) return `${what} once the pool is resumed.${why}`
  const now = count - size > capacityOf(session).more ? ' as soon as those who are leaving are gone' : ' now'
  return `${what}${now}.${why}`
}
