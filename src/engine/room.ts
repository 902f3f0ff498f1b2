import { monthOf, originPrice } from '../core/model/billing.ts'
import { counts } from '../core/model/member.ts'
import type { PoolState } from '../core/model/state.ts'
import { dollars, plural } from '../core/model/words.ts'
import { affordable } from '../core/policy/rules/cost.ts'

/** How many more members the hard limits allow, and which of them is the nearest, in words. */
export interface Room {
  readonly more: number
  readonly limit: string
}

/** The maximum, and the money of the hour and the month: no command and no upkeep passes them. */
export function roomFor(state: PoolState, now: number): Room {
  const { policy } = state.pool
  // The team's own droplet is there, and paid for, whatever phase it is in.
  const size = state.members.filter((member) => counts(member) || member.role === 'origin').length
  const limits: Room[] = [{ more: policy.max - size, limit: `the maximum of ${policy.max}` }]
  if (state.pool.dollarsPerHour > 0) {
    const { hourly, monthly } = affordable(policy, state.pool, spent(state, now), now)
    // So are droplets on their way out.
    const paid = state.members.length
    const besides = paid > size ? `, with ${plural(paid - size, 'droplet')} still leaving,` : ''
    limits.push(
      { more: hourly - paid, limit: `the limit of ${dollars(policy.maxDollarsPerHour ?? 0)} an hour${besides}` },
      { more: monthly - paid, limit: `this month’s limit of ${dollars(policy.maxDollarsPerMonth ?? 0)}${besides}` },
    )
  }
  const least = limits.toSorted((a, b) => a.more - b.more)[0]!
  return { more: Math.max(0, least.more), limit: least.limit }
}

/** What the pool has cost this calendar month (UTC), US dollars; droplets’ minimum bills included. */
export function spent(state: PoolState, now: number): number {
  const month = monthOf(now)
  const spend = state.memory.load?.spend
  const { extra } = state.upkeep
  return (spend?.month === month ? spend.dollars : 0) + (extra.month === month ? extra.dollars : 0)
}

/** The droplets that are billed now, whatever their members' phase, and what they cost; US dollars an hour. */
export function billed({ pool, members, upkeep }: PoolState): {
  readonly droplets: number
  readonly dollarsPerHour: number
} {
  const there = members.filter(
    ({ dropletId, role }) => dropletId !== null && (role === 'clone' || upkeep.origin !== 'gone'),
  )
  const rates = there.map(({ role }) => (role === 'origin' ? originPrice(pool) : pool.dollarsPerHour))
  return { droplets: there.length, dollarsPerHour: rates.reduce((sum, rate) => sum + rate, 0) }
}
