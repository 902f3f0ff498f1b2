import type { ObservedMember } from '../../model/decision.ts'
import type { Finding, MemberFigures, Oddity } from '../../model/finding.ts'
import type { Goal } from '../../model/policy.ts'
import { isTrafficStat } from '../../model/traffic.ts'
import { statOf } from '../load/attendance.ts'
import { middle } from './follow.ts'

/** Averages younger than this tell nothing yet, ms. */
const RIPE_MS = 180_000
/** So many times what the others show is another kind of member. */
const TIMES = 3
/** An average this high is of a CPU that is mostly full. */
const MOSTLY_FULL = 0.85
/** Less CPU than this is cheap, whatever the requests. */
const WORTH = 0.3
/** Fewer requests a second than this do not tell what one costs. */
const TELLING_RPS = 0.5
/** A host that takes this share of a member's CPU slows it down. */
const STOLEN = 0.1
/** Answers shorter than this are quick, longer ones slow, s. */
const QUICK_S = 0.25
const SLOW_S = 0.5
/** Whoever uses that much more CPU than the others has load of its own. */
const OWN_LOAD = 0.15
/** Whoever serves less than this share of what the others do has few requests. */
const FEW = 0.5
/** A stat of the policy this many times the others'. */
const FAR = 5

/** Members that are not like the others; each once, by what explains most. */
export function membersDiffer(
  figures: Readonly<Record<string, MemberFigures>>,
  heard: readonly ObservedMember[],
  goals: readonly Goal[],
  now: number,
): readonly Finding[] {
  const ripe = heard.filter(({ id }) => figures[id] !== undefined && now - figures[id].since >= RIPE_MS)
  return ripe.flatMap((member): readonly Finding[] => {
    const others = ripe.filter(({ id }) => id !== member.id)
    const odd =
      stolen(figures[member.id]!) ??
      disagrees(member, others, figures) ??
      dear(member, others, figures) ??
      slow(member, others, figures) ??
      farOff(member, others, goals)
    return odd === null ? [] : [{ kind: 'member', memberId: member.id, odd }]
  })
}

function stolen({ steal }: MemberFigures): Oddity | null {
  return steal !== null && steal >= STOLEN ? { how: 'stolen', value: steal } : null
}

type Look = (
  member: ObservedMember,
  others: readonly ObservedMember[],
  figures: Readonly<Record<string, MemberFigures>>,
) => Oddity | null

/** A full CPU that its balancer sees nothing of. */
const disagrees: Look = ({ id }, others, figures) => {
  const { cpu, rps, latency } = figures[id]!
  const usual = middle(others.flatMap((other) => figures[other.id]!.rps ?? []))
  const theirs = middle(others.flatMap((other) => figures[other.id]!.latency ?? []))
  const room = middle(others.map((other) => figures[other.id]!.cpu))
  if (cpu < MOSTLY_FULL || rps === null || usual === null || room === null || room >= WORTH + OWN_LOAD) return null
  if (rps > FEW * usual || (latency ?? 0) > Math.max(QUICK_S, theirs ?? 0)) return null
  return { how: 'disagrees', rps, others: usual, latency }
}

/** Requests that cost several times as much as elsewhere, whatever the reason. */
const dear: Look = ({ id }, others, figures) => {
  const { cpu } = figures[id]!
  const own = costOf(figures[id]!)
  const theirs = middle(others.flatMap((other) => costOf(figures[other.id]!) ?? []))
  if (own === null || theirs === null || cpu < WORTH || own < TIMES * theirs) return null
  return { how: 'dear', value: own, others: theirs }
}

function costOf({ cpu, rps }: MemberFigures): number | null {
  return rps === null || rps < TELLING_RPS ? null : cpu / rps
}

/** Slow answers without a load of its own that would explain them. */
const slow: Look = ({ id }, others, figures) => {
  const { latency, cpu } = figures[id]!
  const theirs = middle(others.flatMap((other) => figures[other.id]!.latency ?? []))
  const busy = middle(others.map((other) => figures[other.id]!.cpu))
  if (latency === null || theirs === null || busy === null) return null
  if (latency < Math.max(SLOW_S, TIMES * theirs) || cpu > busy + OWN_LOAD) return null
  return { how: 'slow', value: latency, others: theirs, cpu }
}

/** A stat that the policy goes by, far above what all others show. */
function farOff(member: ObservedMember, others: readonly ObservedMember[], goals: readonly Goal[]): Oddity | null {
  for (const { stat, target } of goals) {
    if (stat === 'cpu' || isTrafficStat(stat)) continue
    const value = statOf(member, stat)
    const theirs = middle(others.flatMap((other) => statOf(other, stat) ?? []))
    if (value === undefined || theirs === null || others.length < 2) continue
    // Below its target it hurts nobody.
    if (value > Math.max(target, FAR * theirs)) return { how: 'stat', stat, value, others: theirs }
  }
  return null
}
