import type { Season } from '../../model/load.ts'

const BIN_MS = 5 * 60_000
const DAY_MS = 24 * 3_600_000
const WEEK_MS = 7 * DAY_MS
const BINS = WEEK_MS / BIN_MS
/** Nothing was seen then. */
const UNSEEN = -1

export const EMPTY_SEASON: Season = { bins: [], lastBin: -1 }

/** Notes the demand of ten seconds; each bin keeps its highest. */
export function note(season: Season, at: number, demand: number): Season {
  const bin = Math.floor(at / BIN_MS)
  const place = bin % BINS
  const value = Math.round(demand * 100) / 100
  if (bin === season.lastBin) {
    if ((season.bins[place] ?? UNSEEN) >= value) return season
    const bins = season.bins.slice()
    bins[place] = value
    return { ...season, bins }
  }
  const bins = season.bins.length === BINS ? season.bins.slice() : Array.from({ length: BINS }, () => UNSEEN)
  // What was not watched this week is not known of last week's reading either.
  const missed = season.lastBin < 0 ? 0 : Math.min(BINS, bin - season.lastBin - 1)
  for (let skip = 1; skip <= missed; skip++) bins[(season.lastBin + skip) % BINS] = UNSEEN
  bins[place] = value
  return { bins, lastBin: bin }
}

/** The highest demand a day or a week ago, from this time of day until `aheadMs` later; null where it was not watched. */
export function sameTime(season: Season, at: number, aheadMs: number, ago: 'day' | 'week'): number | null {
  if (season.lastBin < 0) return null
  const back = ago === 'day' ? DAY_MS : WEEK_MS
  let highest: number | null = null
  const to = Math.floor((at - back + aheadMs) / BIN_MS)
  for (let bin = Math.floor((at - back) / BIN_MS); bin <= to; bin++) {
    // The ring holds the last seven days: anything at or before this bin's place a week earlier is overwritten.
    if (bin > season.lastBin || bin <= season.lastBin - BINS) continue
    const value = season.bins[bin % BINS] ?? UNSEEN
    if (value !== UNSEEN) highest = Math.max(highest ?? 0, value)
  }
  return highest
}
