import type { ObservedMember } from '../../model/decision.ts'
import type { MemberFigures } from '../../model/finding.ts'
import { follow } from './follow.ts'

/** Members are compared by averages of so long, s. */
const OVER_S = 120
/** A member that has just come in is cold: what it shows is its start, ms. */
const COLD_MS = 90_000

/** What each member that is heard and warm shows, as an average; `passedS`: since the last look. */
export function followMembers(
  before: Readonly<Record<string, MemberFigures>>,
  heard: readonly ObservedMember[],
  passedS: number,
  now: number,
): Readonly<Record<string, MemberFigures>> {
  const figures: Record<string, MemberFigures> = {}
  for (const { id, ageMs, stats, traffic } of heard) {
    const cpu = stats?.['cpu']
    if (ageMs < COLD_MS || cpu === undefined) continue
    const known = before[id]
    figures[id] = {
      since: known?.since ?? now,
      cpu: follow(known?.cpu, cpu, passedS, OVER_S)!,
      rps: follow(known?.rps, traffic?.rps, passedS, OVER_S),
      latency: follow(known?.latency, traffic?.firstByteP95 ?? traffic?.p95, passedS, OVER_S),
      steal: follow(known?.steal, stats?.['steal'], passedS, OVER_S),
    }
  }
  return figures
}
