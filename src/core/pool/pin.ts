import { fleetPrice } from '../model/billing.ts'
import { counts } from '../model/member.ts'
import type { Pin } from '../model/pool.ts'
import { timeOfDay, timeZoneOf } from '../model/time-zone.ts'
import type { Field } from '../model/view.ts'
import { cost, dollars, duration } from '../model/words.ts'
import { endOfMonth, untilMonthEnd } from '../policy/rules/cost.ts'
import type { PoolState } from './state.ts'
import { pinCard, pinEnded } from '../cards/views/alert.ts'
import { spent } from './capacity.ts'
import type { Draft } from './draft.ts'

const HOUR_MS = 3_600_000

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
            value: `${cost(after * hours)}; as now it would be ${cost(before * hours)}`,
          },
        ]
  return [
    { name: 'Until', value: timeOfDay(expiresAt, at, timeZoneOf(timeZone)) },
    ...costs,
    { name: 'Limits', value: [...limits, ...short(state, held)].join(', ') },
  ]
}

/** Puts a pin in the place of the one there is; a warning of the old one's end is taken back. */
export function replacePin(draft: Draft, next: Pin | null): void {
  const { pin: held } = draft.state()
  draft.change({ pin: next })
  if (held?.warned !== undefined) draft.tellOnce(pinCard(held), pinEnded(draft.state(), held, draft.now))
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
    : [`of which the month’s is reached after ${duration(lasts)}: then the limit overrides the pin`]
}

/** How many members count. */
export function sizeOf({ members }: PoolState): number {
  return members.filter((member) => counts(member)).length
}
