import type { ObservedMember } from '../../model/decision.ts'
import type { MemberFigures } from '../../model/finding.ts'
import { waitAt } from '../load/traffic.ts'
import { follow } from './follow.ts'

/** Members are compared by averages of so long, s. */
const OVER_S = 120
/** A member that has just come in is cold: what it shows is its start, ms. */
const COLD_MS = 90_000

/** What each member that reports and is warm shows, as an average; `passedS`: since the last look. */
export function followMembers(
  before: Readonly<Record<string, MemberFigures>>,
  reporting: readonly ObservedMember[],
  passedS: number,
  now: number,
): Readonly<Record<string, MemberFigures>> {
  const figures: Record<string, MemberFigures> = {}
  for (const member of reporting) {
    const { id, ageMs, stats, traffic } = member
    const cpu = stats?.['cpu']
    if (ageMs < COLD_MS || cpu === undefined) continue
    const known = before[id]
    const rps = traffic?.rps ?? null
    // Nobody asked, so nothing is slow; and an agent that began again tells nothing of steal until there is some.
    const slow = waitAt(member) ?? (rps === 0 ? null : known?.latency)
    const steal = stats?.['steal'] ?? (known?.steal == null ? null : 0)
    figures[id] = {
      since: known?.since ?? now,
      cpu: follow(known?.cpu, cpu, passedS, OVER_S)!,
      rps: rps === null ? null : follow(known?.rps, rps, passedS, OVER_S),
      latency: slow == null ? null : follow(known?.latency, slow, passedS, OVER_S),
      steal: follow(known?.steal, steal, passedS, OVER_S),
    }
  }
  return figures
}
