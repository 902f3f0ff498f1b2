import { within } from './writer.ts'

/** Changes of a policy are heeded after so long. */
const KEPT_MS = 5_000
const DEADLINE_MS = 1_200
const MOST_POOLS = 1_000

/** Remembers for a moment which stats of a pool may be below zero: many reports ask. `elapsed`: a clock that nobody sets, ms. */
export function createSignedStats(
  read: (poolId: string) => Promise<readonly string[]>,
  elapsed: () => number,
): (poolId: string) => Promise<readonly string[]> {
  const known = new Map<string, { readonly stats: Promise<readonly string[]>; readonly at: number }>()
  return (poolId) => {
    const found = known.get(poolId)
    if (found !== undefined && elapsed() - found.at < KEPT_MS) return found.stats
    if (known.size >= MOST_POOLS) known.clear()
    const stats = within(DEADLINE_MS, read(poolId))
    known.set(poolId, { stats, at: elapsed() })
    stats.catch(() => known.delete(poolId))
    return stats
  }
}
