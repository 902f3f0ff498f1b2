import type { ObservedMember } from '../../model/decision.ts'
import type { LoadMemory, Usual } from '../../model/load.ts'
import type { Cost } from './cost.ts'

/** Requests a second at all of these together; null where one does not tell. */
export function rpsOf(members: readonly ObservedMember[]): number | null {
  let sum = 0
  for (const { traffic } of members) {
    if (typeof traffic?.rps !== 'number') return null
    sum += traffic.rps
  }
  return members.length === 0 ? null : sum
}

/** Requests in flight at all of these, those that stream left out where that is known; null where one does not tell. */
export function inFlight(members: readonly ObservedMember[]): number | null {
  let sum = 0
  for (const { traffic } of members) {
    const count = traffic?.waiting ?? traffic?.inFlight
    if (typeof count !== 'number') return null
    sum += count + (traffic?.queued ?? 0)
  }
  return members.length === 0 ? null : sum
}

/** How long visitors wait at a member, seconds: for the first byte where that is known. Where nobody asks, nobody waits: null. */
export function waitAt({ traffic }: ObservedMember): number | null {
  if (traffic === null || traffic === undefined || traffic.rps === 0) return null
  return traffic.firstByteP95 ?? traffic.p95
}

/** The longest that visitors wait at any of these, seconds. */
export function latencyOf(members: readonly ObservedMember[]): number | null {
  let longest: number | null = null
  for (const member of members) {
    const seconds = waitAt(member)
    if (seconds !== null) longest = Math.max(longest ?? 0, seconds)
  }
  return longest
}

/** An agent at rest speaks rarely: requests that came since its sample cost what they usually do. */
export function predicted(member: ObservedMember, load: LoadMemory, cost: Cost | null): number {
  // Whatever an agent says: a CPU is between idle and full.
  const cpu = Math.max(0, Math.min(1, member.stats?.['cpu'] ?? 0))
  const then = load.joined[member.id]
  const rps = member.traffic?.rps
  if (cost === null || then === undefined || typeof rps !== 'number' || then.rps === null) return cpu
  if (then.at !== member.lastSampleAt) return cpu
  return Math.max(0, Math.min(1, cpu + cost.perRequest * (rps - then.rps)))
}

/** What is in flight grows since so long ago, ms. */
export const LATELY_MS = 3500
/** Older counts tell no growth. */
const LONGEST_MS = 30_000

/**
 * How fast what is in flight has grown since `backMs` ago, requests a second, below 0 where it shrinks; null where that is
 * not known (yet).
 */
export function growth(usual: Usual, count: number | null, now: number, backMs = LATELY_MS): number | null {
  const before = usual.flights.findLast(({ at }) => at <= now - backMs)
  if (count === null || before === undefined || now - before.at > LONGEST_MS) return null
  return ((count - before.count) * 1000) / (now - before.at)
}
