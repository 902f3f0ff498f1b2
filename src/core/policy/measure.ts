import { counts } from '../model/member.ts'
import type { ObservedMember, Observation } from '../model/decision.ts'
import type { Policy } from '../model/policy.ts'

/** The stat over one window: the mean of the members that reported, and who did not. */
export interface Measure {
  /** Members that count towards the pool's size, booting ones included. */
  readonly size: number
  readonly serving: readonly ObservedMember[]
  readonly arriving: readonly ObservedMember[]
  /** In service, but without a fresh sample. */
  readonly silent: readonly ObservedMember[]
  /** In service so lately that nothing was measured since; their first figures are awaited. */
  readonly settling: readonly ObservedMember[]
  /** Mean over reporting members, of each one's mean over the scale-out window; null when nobody reports. */
  readonly value: number | null
  /** The same over the scale-in window; null unless every serving member covers nearly all of it. */
  readonly calmValue: number | null
}

/** A member that has just come in may take this long to give its first figures. */
const SETTLE_MS = 5000
/** What a member reports this soon after it came in is its own start, not the visitors. */
const WARMUP_MS = 2000
/** The share of the scale-in window that a member's points must span. */
const COVERAGE = 0.8
/** For scale in, a member that skips this many of its own present periods is not trusted to be quiet. */
const PERIODS = 2.5
const LEAST_WAIT_MS = 3000
const LONGEST_PERIOD_MS = 10_000

export function measure(observation: Observation, policy: Policy, now: number): Measure {
  const counted = observation.members.filter((member) => counts(member))
  const serving = counted.filter((member) => member.phase === 'inService')
  const arriving = counted.filter((member) => member.phase !== 'inService')
  const silent = serving.filter(
    (member) =>
      member.ageMs > SETTLE_MS && (member.lastSampleAt === null || now - member.lastSampleAt > policy.staleAfterMs),
  )
  const heard = serving.filter((member) => !silent.includes(member))

  // Figures from before the newest member came in tell of a smaller pool: answering them would be answering twice.
  const newest = Math.min(...serving.map((member) => member.ageMs))
  const settled = Math.max(0, Math.min(policy.windowMs, newest - WARMUP_MS))
  const means = new Map(heard.map((member) => [member, meanSince(member, policy.stat, now - settled)]))
  const settling = newest <= SETTLE_MS ? heard.filter((member) => means.get(member) === null) : []
  const values = heard.map((member) => means.get(member) ?? lastValue(member, policy.stat, now - policy.staleAfterMs))
  const known = values.filter((value) => value !== null)

  return {
    size: counted.length,
    serving,
    arriving,
    silent,
    settling,
    value: known.length === 0 ? null : mean(known),
    calmValue: silent.length === 0 ? calm(serving, policy, now) : null,
  }
}

function calm(serving: readonly ObservedMember[], policy: Policy, now: number): number | null {
  const values: number[] = []
  for (const member of serving) {
    const first = member.points[policy.stat]?.find((point) => point.at >= now - policy.scaleInWindowMs)
    const value = meanSince(member, policy.stat, now - policy.scaleInWindowMs)
    if (first === undefined || value === null) return null
    if (now - first.at < policy.scaleInWindowMs * COVERAGE) return null
    if (overdue(member, policy.stat, now)) return null
    values.push(value)
  }
  return values.length === 0 ? null : mean(values)
}

function overdue(member: ObservedMember, stat: string, now: number): boolean {
  const [before, last] = (member.points[stat] ?? []).slice(-2)
  const period = before === undefined || last === undefined ? LONGEST_PERIOD_MS : last.at - before.at
  return now - (member.lastSampleAt ?? 0) > Math.max(LEAST_WAIT_MS, PERIODS * Math.min(period, LONGEST_PERIOD_MS))
}

/** Time-weighted: a sample stands for the span since the one before it, so a burst of samples does not outvote a quiet minute. */
function meanSince(member: ObservedMember, stat: string, from: number): number | null {
  const points = member.points[stat] ?? []
  let weight = 0
  let sum = 0
  for (const [index, point] of points.entries()) {
    if (point.at < from) continue
    const before = points[index - 1]
    const span = before === undefined ? 1000 : Math.max(1, Math.min(point.at - before.at, point.at - from + 1, 10_000))
    weight += span
    sum += span * point.value
  }
  return weight === 0 ? null : sum / weight
}

function lastValue(member: ObservedMember, stat: string, from: number): number | null {
  const last = (member.points[stat] ?? []).at(-1)
  return last === undefined || last.at < from ? null : last.value
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
