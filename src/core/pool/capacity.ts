import { MOST_HOURS, monthOf, originPrice } from '../model/billing.ts'
import type { OpenWindow, Rule } from '../model/decision.ts'
import { counts } from '../model/member.ts'
import type { Policy } from '../model/policy.ts'
import type { PoolState } from './state.ts'
import { capital, dollars, duration, plural } from '../model/words.ts'
import { refusalLeft } from '../operation/refused.ts'
import type { Judgement } from '../policy/decide.ts'
import { affordable } from '../policy/rules/cost.ts'
import type { Draft } from './draft.ts'

/** How many more droplets the hard limits allow, and which of them is the nearest, in words. */
export interface Capacity {
  readonly more: number
  readonly limit: string
  readonly rule: Extract<Rule, 'max' | 'costPerHour' | 'budget'>
}

/** Minimum and maximum as the calendar has them now, which is what decisions keep to. */
export function limitsOf(
  policy: Pick<Policy, 'min' | 'max'>,
  windows: readonly OpenWindow[],
): { readonly min: number; readonly max: number } {
  const max = Math.max(policy.max, ...windows.map((window) => window.max ?? 0))
  return { min: Math.min(max, Math.max(policy.min, ...windows.map((window) => window.min ?? 0))), max }
}

/** As `capacityFor`, of the pool as the draft has it now. */
export function capacityOf(draft: Draft): Capacity {
  return capacityFor(draft.state(), draft.now, draft.windows())
}

/** What a refresh may make its next clone within. */
export function refreshCapacity(draft: Draft): Capacity {
  const state = draft.state()
  return capacityFor(state, draft.now, draft.windows(), state.pool.policy.refreshExtra)
}

/** The same once everybody who is leaving has left: for what is wanted for longer than that. */
export function lastingCapacity(draft: Draft): Capacity {
  const state = draft.state()
  const members = state.members.filter((member) => counts(member) || member.role === 'origin')
  return capacityFor({ ...state, members, operations: [] }, draft.now, draft.windows())
}

/**
 * The maximum, and the money of the hour and the month: no decision, no command and no upkeep passes them. Everything that
 * exists, or may any moment, is paid for and counts: also what is leaving, has failed, is half made or is not known.
 * `extra`: so many more than the maximum, which the policy leaves to a refresh.
 */
export function capacityFor(state: PoolState, now: number, windows: readonly OpenWindow[], extra = 0): Capacity {
  const { policy } = state.pool
  const { max } = limitsOf(policy, windows)
  const { size, besides } = existing(state)
  const above = extra === 0 ? '' : ` and the ${extra} more of a refresh`
  const limits: Capacity[] = [
    { rule: 'max', more: max + extra - size, limit: `the maximum of ${max}${above}${besides}` },
  ]
  if (state.pool.dollarsPerHour > 0) {
    const { team = null } = state.upkeep
    const { hourly, monthly, byTeam } = affordable(policy, dearest(state), spent(state, now), now, team)
    const hour = dollars(policy.maxDollarsPerHour ?? 0)
    const month = byTeam
      ? `the team’s limit of ${dollars(team?.limit ?? 0)} for this month`
      : `this month’s limit of ${dollars(policy.maxDollarsPerMonth ?? 0)}`
    limits.push(
      { rule: 'costPerHour', more: hourly - size, limit: `the limit of ${hour} an hour${besides}` },
      { rule: 'budget', more: monthly - size, limit: `${month}${besides}` },
    )
  }
  const least = limits.toSorted((a, b) => a.more - b.more)[0]!
  return { ...least, more: Math.max(0, least.more) }
}

/**
 * What cost limits go by: of clones that differ, one of `dollarsPerHour` among them, the dearest one's price holds for
 * all, so that no limit is passed.
 */
export function dearest(
  { pool, members }: PoolState,
  dollarsPerHour = 0,
): { readonly dollarsPerHour: number; readonly originDollarsPerHour: number } {
  const each = members.map((member) => (member.role === 'clone' ? (member.dollarsPerHour ?? 0) : 0))
  return {
    dollarsPerHour: Math.max(pool.dollarsPerHour, dollarsPerHour, ...each),
    originDollarsPerHour: originPrice(pool),
  }
}

/** The droplets that are there or on their way, and in words those of them that do not count as members. */
export function existing({ members, operations, upkeep }: PoolState): {
  readonly size: number
  readonly besides: string
} {
  const ids = new Set(members.map((member) => member.id))
  const ownerless = operations.filter(
    ({ state, kind, memberId }) => state.kind === 'running' && kind !== 'snapshot' && !ids.has(memberId),
  ).length
  const known = new Set([...members, ...operations].map((one) => one.dropletId))
  const unknown = upkeep.unmanaged.filter(({ dropletId }) => !known.has(dropletId)).length
  // The team's own droplet is there, and paid for, whatever phase it is in.
  const staying = members.filter((member) => counts(member) || member.role === 'origin').length
  const leaving = members.length - staying + ownerless
  const words = [
    ...(leaving > 0 ? [`${plural(leaving, 'droplet')} still leaving`] : []),
    ...(unknown > 0 ? [`${plural(unknown, 'droplet')} that I do not know`] : []),
  ]
  return {
    size: members.length + ownerless + unknown,
    besides: words.length === 0 ? '' : `, with ${words.join(' and ')},`,
  }
}

/**
 * What the pool has cost this calendar month (UTC), US dollars: droplets’ minimum bills are in it, and what runs beyond the
 * hours that are billed is not.
 */
export function spent(state: PoolState, now: number): number {
  const spend = state.memory.load?.spend
  return Math.max(0, (spend?.month === monthOf(now) ? spend.dollars : 0) + besideHours(state, now))
}

/** What the month's bill has more, or less, than hours × price; US dollars. */
export function besideHours({ pool, members, upkeep: { extra } }: PoolState, now: number): number {
  const month = monthOf(now)
  const free = members.reduce((sum, { role, createdAt, dropletId, dollarsPerHour = pool.dollarsPerHour }) => {
    const since = Math.max(Date.parse(`${month}-01`), role === 'origin' ? pool.createdAt : createdAt)
    const hours = dropletId === null ? 0 : Math.max(0, (now - since) / HOUR_MS - MOST_HOURS)
    return sum + hours * (role === 'origin' ? originPrice(pool) : dollarsPerHour)
  }, 0)
  return (extra.month === month ? extra.dollars : 0) - free
}

const HOUR_MS = 3_600_000

/** The droplets that are billed now, whatever their members' phase, and what they cost; US dollars an hour. */
export function billed({ pool, members, upkeep }: PoolState): {
  readonly droplets: number
  readonly dollarsPerHour: number
} {
  const there = members.filter(
    ({ dropletId, role }) => dropletId !== null && (role === 'clone' || upkeep.origin !== 'gone'),
  )
  const rates = there.map((one) =>
    one.role === 'origin' ? originPrice(pool) : (one.dollarsPerHour ?? pool.dollarsPerHour),
  )
  return { droplets: there.length, dollarsPerHour: rates.reduce((sum, rate) => sum + rate, 0) }
}

/**
 * A judgement as far as it can be ordered now. It is made from the members that serve; what is ordered has to fit beside
 * everything that is paid for, and waits while the provider makes no droplets.
 */
export function withinCapacity(judgement: Judgement, state: PoolState, capacity: Capacity, now: number): Judgement {
  if (judgement.kind !== 'scaleOut') return judgement
  const { from, to } = judgement
  const { refused } = state.upkeep
  const left = refusalLeft(refused, now)
  if (refused !== null && left > 0) {
    const reason = `Holding at ${from}: would go to ${to}, but no droplet can be made right now; next try in ${duration(left)}. ${refused.said}`
    return { ...judgement, kind: 'hold', to: from, rule: 'refused', reason }
  }
  // Whether one is available shows with one.
  const more = refused === null ? capacity.more : Math.min(1, capacity.more)
  if (to - from <= more) return judgement
  const why = capital(judgement.reason.replace(/^Holding at \d+: /, ''))
  if (capacity.more > more) return { ...judgement, to: from + more, reason: `Trying ${from + more} first. ${why}` }
  const limited = `${capacity.limit} allows no more; wanted ${to}. ${why}`
  if (more > 0) return { ...judgement, to: from + more, reason: `Limited to ${from + more}: ${limited}` }
  return { ...judgement, kind: 'hold', to: from, rule: capacity.rule, reason: `Holding at ${from}: ${limited}` }
}
