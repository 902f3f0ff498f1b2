import type { PoolState } from './state.ts'
import type { BalancerReading } from '../model/backend.ts'

/** Since when members in service are unhealthy at the balancer, brought up to date; the same object when nothing changed. */
export function trackSick({ members, upkeep }: PoolState, sight: BalancerReading): Readonly<Record<string, number>> {
  if (sight.backends === null) return upkeep.sick
  const sick: Record<string, number> = {}
  for (const member of members) {
    const backend = sight.backends.find((one) => one.url === member.url)
    // One that came in after the look was still being checked when it was made.
    if (member.phase !== 'inService' || member.phaseAt >= sight.at || backend?.state !== 'unhealthy') continue
    sick[member.id] = upkeep.sick[member.id] ?? sight.at
  }
  const before = Object.keys(upkeep.sick)
  const same = before.length === Object.keys(sick).length && before.every((id) => sick[id] !== undefined)
  return same ? upkeep.sick : sick
}
