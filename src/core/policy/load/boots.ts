import type { Observation } from '../../model/decision.ts'
import type { LoadMemory } from '../../model/load.ts'

/** Boots remembered. */
const KEPT = 20
/** Until a pool has seen its own clones boot. */
const FIRST_GUESS_MS = 75_000
/** A few boots do not tell the slowest of twenty: until there are so many, the first guess still counts. */
export const ENOUGH = 3

/** Follows members on their way in, and notes how long each took. */
export function watchBoots(
  observation: Observation,
  load: Pick<LoadMemory, 'arriving' | 'boots'> | null,
  now: number,
): Pick<LoadMemory, 'arriving' | 'boots'> {
  const before = load?.arriving ?? {}
  let boots = load?.boots ?? []
  const arriving: Record<string, number> = {}
  for (const member of observation.members) {
    // An origin that comes back from its snapshot tells nothing of how long clones take.
    if (member.origin === true) continue
    const seen = before[member.id]
    if (member.phase === 'creating' || member.phase === 'booting' || member.phase === 'joining') {
      arriving[member.id] = seen ?? now - member.ageMs
    } else if (member.phase === 'inService' && seen !== undefined) {
      boots = [...boots.slice(1 - KEPT), Math.max(0, now - member.ageMs - seen)]
    }
  }
  return { arriving, boots }
}

/** How long a clone takes, ms: all but a twentieth of this pool's own were no slower. */
export function bootMs(boots: readonly number[], said: number | null): number {
  const known = boots.length < ENOUGH ? [...boots, said ?? FIRST_GUESS_MS] : boots
  const sorted = known.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.95) - 1]!
}

/** Boots of one kind of droplet differ by so much, as a share, until a pool's own have shown it. */
const USUAL_SPREAD = 0.4

/** How far apart the fastest and the slowest boots are, ms; `bootMs`: what one is taken to last. */
export function spreadMs(boots: readonly number[], bootMs: number): number {
  if (boots.length < ENOUGH) return USUAL_SPREAD * bootMs
  return Math.max(...boots) - Math.min(...boots)
}
