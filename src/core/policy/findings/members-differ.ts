import type { ObservedMember } from '../../model/decision.ts'
import type { Finding, MemberFigures, Oddity } from '../../model/finding.ts'
import type { Goal } from '../../model/policy.ts'
import { isTrafficStat } from '../../model/sample.ts'
import { statOf } from '../load/attendance.ts'

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
/** … if it is so many times what others’ hosts take. */
const MORE = 2
/** Answers shorter than this are quick, longer ones slow, s. */
const QUICK_S = 0.25
const SLOW_S = 0.5
/** A member that uses that much more CPU than the others has load of its own. */
const OWN_LOAD = 0.15
/** A member that serves less than this share of what the others do has few requests. */
const FEW = 0.5
/** A stat of the policy this many times the others'. */
const FAR = 5

/** Members that are not like the others; each once, by what explains most. */
export function membersDiffer(
  figures: Readonly<Record<string, MemberFigures>>,
  reporting: readonly ObservedMember[],
  goals: readonly Goal[],
  now: number,
): readonly Finding[] {
  const ripe = reporting.filter(({ id }) => figures[id] !== undefined && now - figures[id].since >= RIPE_MS)
  const all = ripe.map(({ id }) => figures[id]!)
  const crowd: Crowd = {
    cpu: beside(all.map(({ cpu }) => cpu)),
    rps: beside(all.map(({ rps }) => rps)),
    latency: beside(all.map(({ latency }) => latency)),
    cost: beside(all.map(costOf)),
    steal: beside(all.map(({ steal }) => steal)),
  }
  const stats = goals.flatMap(({ stat, target }) =>
    stat === 'cpu' || isTrafficStat(stat)
      ? []
      : [{ stat, target, others: beside(ripe.map((member) => statOf(member, stat) ?? null)) }],
  )
  return ripe.flatMap((member, index): readonly Finding[] => {
    const shows = all[index]!
    const odd =
      stolen(shows, crowd) ??
      disagrees(shows, crowd) ??
      dear(shows, crowd) ??
      slow(shows, crowd) ??
      farOff(member, stats)
    return odd === null ? [] : [{ kind: 'member', memberId: member.id, odd }]
  })
}

/** What the others show: the middle of all values but one's own; null: nobody else tells. */
type Others = (own: number | null) => number | null

interface Crowd {
  readonly cpu: Others
  readonly rps: Others
  readonly latency: Others
  readonly cost: Others
  readonly steal: Others
}

/** Sorted once for all members; the middle of an even number is the lower one. */
function beside(values: readonly (number | null)[]): Others {
  const sorted = values.filter((value) => value !== null).toSorted((a, b) => a - b)
  return (own) => {
    if (own === null) return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
    const place = Math.floor((sorted.length - 2) / 2)
    return place < 0 ? null : sorted[own <= sorted[place]! ? place + 1 : place]!
  }
}

/** Where the hosts of all members take as much, none is unlike the others, and another clone would carry some. */
function stolen({ steal }: MemberFigures, crowd: Crowd): Oddity | null {
  if (steal === null || steal < STOLEN || steal < MORE * (crowd.steal(steal) ?? 0)) return null
  return { how: 'stolen', value: steal }
}

/** A full CPU that its balancer sees nothing of. */
function disagrees({ cpu, rps, latency }: MemberFigures, crowd: Crowd): Oddity | null {
  const others = crowd.rps(rps)
  const room = crowd.cpu(cpu)
  if (cpu < MOSTLY_FULL || rps === null || others === null || room === null || room >= WORTH + OWN_LOAD) return null
  if (rps > FEW * others || (latency ?? 0) > Math.max(QUICK_S, crowd.latency(latency) ?? 0)) return null
  return { how: 'disagrees', rps, others, latency }
}

/** Requests that cost several times as much as elsewhere, whatever the reason. */
function dear(shows: MemberFigures, crowd: Crowd): Oddity | null {
  const own = costOf(shows)
  const others = crowd.cost(own)
  if (own === null || others === null || shows.cpu < WORTH || own < TIMES * others) return null
  return { how: 'dear', value: own, others }
}

function costOf({ cpu, rps }: MemberFigures): number | null {
  return rps === null || rps < TELLING_RPS ? null : cpu / rps
}

/** Slow answers without a load of its own that would explain them. */
function slow({ latency, cpu }: MemberFigures, crowd: Crowd): Oddity | null {
  const others = crowd.latency(latency)
  const busy = crowd.cpu(cpu)
  if (latency === null || others === null || busy === null) return null
  if (latency < Math.max(SLOW_S, TIMES * others) || cpu > busy + OWN_LOAD) return null
  return { how: 'slow', value: latency, others, cpu }
}

/** A stat that the policy goes by, far above what all others show. */
function farOff(
  member: ObservedMember,
  stats: readonly { readonly stat: string; readonly target: number; readonly others: Others }[],
): Oddity | null {
  for (const { stat, target, others } of stats) {
    const value = statOf(member, stat)
    const theirs = value === undefined ? null : others(value)
    // Below its target it hurts nobody.
    if (value === undefined || theirs === null || value <= Math.max(target, FAR * theirs)) continue
    return { how: 'stat', stat, value, others: theirs }
  }
  return null
}
