import type { LoadMemory } from '../../model/load.ts'
import type { Goal } from '../../model/policy.ts'
import { EMPTY_OUTLOOK } from './outlook.ts'
import { EMPTY_SEASON } from './season.ts'

/**
 * Demand is counted in members at target, so a new target makes other numbers of the same load: what was seen under
 * the old one is recounted, or a pool would keep room for a week for peaks that never were.
 */
export function rescale(load: LoadMemory, goals: readonly Goal[]): LoadMemory {
  const { need } = load
  if (need === null || goals.some((goal) => goal.stat === need.stat && goal.target === need.target)) return load
  const now = goals.find((goal) => goal.stat === need.stat)
  if (now === undefined) return forget(load)
  const factor = need.target / now.target
  return {
    ...load,
    recent: load.recent.map((seen) => ({ ...seen, demand: seen.demand * factor })),
    noise: load.noise * factor * factor,
    saturated: load.saturated * factor,
    bin: { ...load.bin, sum: load.bin.sum * factor },
    minutes: load.minutes.map((demand) => demand * factor),
    // Below nought stands for never seen.
    season: { ...load.season, bins: load.season.bins.map((demand) => (demand < 0 ? demand : demand * factor)) },
  }
}

/** What was counted of a stat that is no longer asked for says nothing of another one. */
function forget(load: LoadMemory): LoadMemory {
  const counted = { recent: [], noise: 0, saturated: 0, minutes: [], minuteAt: 0, neededAt: [], need: null }
  return { ...load, ...counted, bin: { startAt: 0, sum: 0, count: 0 }, season: EMPTY_SEASON, outlook: EMPTY_OUTLOOK }
}
