import { counts } from '../core/model/member.ts'
import type { PoolState } from '../core/model/state.ts'
import { dollars } from '../core/model/words.ts'
import { monthOf } from '../core/model/billing.ts'
import { affordable } from '../core/policy/rules/cost.ts'

/** How many more members the hard limits allow, and which of them is the nearest, in words. */
export interface Room {
  readonly more: number
  readonly limit: string
}

/** The maximum, and the money of the hour and the month: no command and no upkeep passes them. */
export function roomFor(state: PoolState, now: number): Room {
  const { policy, dollarsPerHour } = state.pool
  // The team's own droplet is there, and paid for, whatever phase it is in.
  const size = state.members.filter((member) => counts(member) || member.role === 'origin').length
  const limits: Room[] = [{ more: policy.max - size, limit: `the maximum of ${policy.max}` }]
  if (dollarsPerHour > 0) {
    const { hourly, monthly } = affordable(policy, dollarsPerHour, spent(state, now), now)
    limits.push(
      { more: hourly - size, limit: `the limit of ${dollars(policy.maxDollarsPerHour ?? 0)} an hour` },
      { more: monthly - size, limit: `this month’s limit of ${dollars(policy.maxDollarsPerMonth ?? 0)}` },
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
