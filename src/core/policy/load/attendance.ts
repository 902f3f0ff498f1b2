import type { Observation, ObservedMember } from '../../model/decision.ts'
import { counts } from '../../model/member.ts'
import type { Goal } from '../../model/policy.ts'
import { isTrafficStat, reported, trafficStat } from '../../model/sample.ts'

/** Who is there, and who spoke. */
export interface Attendance {
  /** Members that count towards the pool's size, those on their way included. */
  readonly size: number
  readonly serving: readonly ObservedMember[]
  readonly arriving: readonly ObservedMember[]
  /** In service, with fresh figures. */
  readonly fresh: readonly ObservedMember[]
  /** Of these, those whose figures count. */
  readonly reporting: readonly ObservedMember[]
  /** In service, but without a fresh sample. */
  readonly silent: readonly ObservedMember[]
  /** Time of the newest sample, epoch ms; 0 when nobody reports. */
  readonly sampleAt: number
  /** How long the newest member had been in service by the newest sample, s; below 0: not at all. */
  readonly sinceS: number
}

/** What a member shows this soon after it came in is its own start, not the visitors. */
const WARMUP_MS = 5000
/** Samples taken this long after a member came in already tell of its share. */
const SHARING_MS = 2000

/** One pass over the members: this is done for every pool every second. */
export function attend(
  observation: Observation,
  goals: readonly Goal[],
  staleAfterMs: number,
  now: number,
): Attendance {
  const own = goals.filter((goal) => goal.across === 'member')
  const serving: ObservedMember[] = []
  const arriving: ObservedMember[] = []
  const fresh: ObservedMember[] = []
  const warm: ObservedMember[] = []
  const missing: ObservedMember[] = []
  let sampleAt = 0
  let youngestMs = Infinity
  for (const member of observation.members) {
    if (!counts(member)) continue
    if (member.phase !== 'inService') {
      arriving.push(member)
      continue
    }
    serving.push(member)
    youngestMs = Math.min(youngestMs, member.ageMs)
    const at = spokeAt(member, own, staleAfterMs, now)
    if (at === null) {
      missing.push(member)
      continue
    }
    fresh.push(member)
    const since = at - (now - member.ageMs)
    if (since >= WARMUP_MS) warm.push(member)
    sampleAt = Math.max(sampleAt, at)
  }
  return {
    size: serving.length + arriving.length,
    serving,
    arriving,
    fresh,
    // Members still starting up are taken to carry what the others do.
    reporting: warm.length > 0 ? warm : fresh,
    // The newest members were not there yet when these samples were taken: the others carried all of it.
    silent: missing.filter((member) => fresh.length === 0 || now - member.ageMs < sampleAt - SHARING_MS),
    sampleAt,
    sinceS: (sampleAt - (now - youngestMs)) / 1000,
  }
}

/** When a member reported something of what is asked for, if lately. One that reports other things says nothing: that is not none. */
function spokeAt(member: ObservedMember, goals: readonly Goal[], staleAfterMs: number, now: number): number | null {
  const { stats, lastSampleAt } = member
  if (stats === null || lastSampleAt === null || now - lastSampleAt > staleAfterMs) return null
  if (goals.length === 0) return lastSampleAt
  for (const goal of goals) if (statOf(member, goal.stat) !== undefined) return lastSampleAt
  return null
}

/** A stat of a member: the balancer's figures by their names, all others as its agent reports them. */
export function statOf(member: ObservedMember, stat: string): number | undefined {
  return isTrafficStat(stat) ? trafficStat(member.traffic, stat) : reported(member.stats, stat)
}
