import type { PoolState } from './state.ts'
import type { BalancerReading } from '../model/backend.ts'

/** Since when members in service are unhealthy at the balancer, brought up to date; the same object when nothing changed. */
export function unhealthySince(
  { members, upkeep }: PoolState,
  reading: BalancerReading,
): Readonly<Record<string, number>> {
  if (reading.backends === null) return upkeep.unhealthy
  const unhealthy: Record<string, number> = {}
  for (const member of members) {
    const backend = reading.backends.find((one) => one.url === member.url)
    // One that came in after the look was still being checked when it was made.
    if (member.phase !== 'inService' || member.phaseAt >= reading.at || backend?.state !== 'unhealthy') continue
    unhealthy[member.id] = upkeep.unhealthy[member.id] ?? reading.at
  }
  const before = Object.keys(upkeep.unhealthy)
  const same = before.length === Object.keys(unhealthy).length && before.every((id) => unhealthy[id] !== undefined)
  return same ? upkeep.unhealthy : unhealthy
}

/** Members in service that the balancer finds unhealthy; not ones that came in after the look, when they were still being checked. */
export function unhealthyNow(
  { members }: Pick<PoolState, 'members'>,
  { at, backends }: BalancerReading,
): readonly string[] {
  return members
    .filter((member) => member.phase === 'inService' && member.phaseAt < at)
    .filter((member) => backends?.some((backend) => backend.url === member.url && backend.state === 'unhealthy'))
    .map((member) => member.id)
}
