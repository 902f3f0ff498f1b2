import { SpinupError } from '../../core/model/error.ts'
import { fleetPrice } from '../../core/model/billing.ts'
import { counts, inForce } from '../../core/model/member.ts'
import type { Actor, Pin } from '../../core/model/pool.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { timeOfDay } from '../../core/model/time-of-day.ts'
import { timeZoneOf } from '../../core/model/time-zone.ts'
import type { Field, View } from '../../core/model/view.ts'
import { capital, dollars, duration, plural } from '../../core/model/words.ts'
import { endOfMonth, untilMonthEnd } from '../../core/policy/rules/cost.ts'
import { pinCard, pinEnded } from '../narrate/pin.ts'
import { lastingRoom, roomOf, spent } from '../room.ts'
import type { Session } from '../session.ts'
import { answer } from './answer.ts'

const HOUR_MS = 3_600_000

/** What somebody pins, and until when: `timeZone` is the clock its end is told by. */
export interface PinWish {
  readonly count: number
  readonly forMs: number
  readonly reason: string
  readonly timeZone: string
}

/** Holds the count at `count` for `forMs`; never past the policy's limits or the money. Answers what that means. */
export function pin(session: Session, wish: PinWish, actor: Actor): readonly View[] {
  const state = session.state()
  const { count, forMs, reason } = wish
  const { policy, name } = state.pool
  if (count > policy.max || count < policy.min) {
    throw new SpinupError(
      'limited',
      `A pin must lie between the minimum of ${policy.min} and the maximum of ${policy.max}; nothing was changed.`,
    )
  }
  const size = sizeOf(state)
  const room = lastingRoom(session)
  if (count - size > room.more) {
    throw new SpinupError(
      'limited',
      `${capital(room.limit)} allows ${size + room.more}; nothing was changed. See /spinup cost.`,
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
      `${change(session, state, count)} Nothing scales it until the pin lapses or someone lifts it.`,
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

/** What a pin costs, what limits it, and when it ends; the preview that every answer to one shows. */
export function meaning(state: PoolState, held: Pin, timeZone: string): readonly Field[] {
  const { policy } = state.pool
  const { count, at, expiresAt } = held
  const size = sizeOf(state)
  const hours = (expiresAt - at) / HOUR_MS
  const money = [
    ...(policy.maxDollarsPerHour === null ? [] : [`${dollars(policy.maxDollarsPerHour)} an hour`]),
    ...(policy.maxDollarsPerMonth === null ? [] : [`${dollars(policy.maxDollarsPerMonth)} a month`]),
  ]
  const limits = [`${policy.min} to ${policy.max} members`, ...(money.length === 0 ? ['no limit on money'] : money)]
  const [before, after] = [fleetPrice(state.pool, size), fleetPrice(state.pool, count)]
  const costs: readonly Field[] =
    before + after <= 0
      ? []
      : [
          { name: 'Cost', value: `${dollars(before)} → ${dollars(after)} an hour` },
          {
            name: `For ${duration(expiresAt - at)}`,
            value: `${dollars(round(after * hours))}; as now it would be ${dollars(round(before * hours))}`,
          },
        ]
  return [
    { name: 'Until', value: timeOfDay(expiresAt, at, timeZoneOf(timeZone)) },
    ...costs,
    { name: 'Limits', value: [...limits, ...short(state, held)].join(', ') },
  ]
}

/** Puts a pin in the place of the one there is; a warning of the old one's end is taken back. */
export function replacePin(session: Session, next: Pin | null): void {
  const { pin: held } = session.state()
  session.change({ pin: next })
  if (held?.warned !== undefined) session.tellOnce(pinCard(held), pinEnded(session.state(), held, session.now))
}

export function unpin(session: Session, actor: Actor): readonly View[] {
  const { pin: held, pool } = session.state()
  if (!inForce(held, session.now)) return [answer('info', `${pool.name} is not pinned`, 'Nothing was changed.')]
  replacePin(session, null)
  session.journal({ at: session.now, actor, what: `Unpinned ${pool.name}`, outcome: '', tone: 'info' })
  return [answer('good', `${pool.name} is unpinned`, 'The policy decides again.')]
}

/** The month's money may end before the pin does. */
function short(state: PoolState, { count, at, expiresAt }: Pin): readonly string[] {
  const { pool } = state
  const { maxDollarsPerMonth: limit, min } = pool.policy
  if (limit === null || pool.dollarsPerHour <= 0 || count <= min) return []
  const left = limit - spent(state, at) - untilMonthEnd(pool, min, at)
  const lasts = (Math.max(0, left) / ((count - min) * pool.dollarsPerHour)) * HOUR_MS
  return lasts >= Math.min(expiresAt, endOfMonth(at)) - at
    ? []
    : [`of which the month’s is reached after ${duration(lasts)}: then the pin gives way`]
}

function change(session: Session, state: PoolState, count: number): string {
  const size = sizeOf(state)
  if (count === size) return 'It is at that size now.'
  const what = `${count > size ? 'Adding' : 'Removing'} ${Math.abs(count - size)}`
  if (inForce(state.pause, session.now)) return `${what} once the pool is resumed.`
  return count - size > roomOf(session).more ? `${what} as soon as those who are leaving are gone.` : `${what} now.`
}

function sizeOf({ members }: PoolState): number {
  return members.filter((member) => counts(member)).length
}

/** To the cent, or where it is no more than some cents to two digits. */
function round(amount: number): number {
  return amount >= 0.1 ? Math.round(amount * 100) / 100 : Number(amount.toPrecision(2))
}
