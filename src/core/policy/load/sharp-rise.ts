import type { Seen } from '../../model/load.ts'

/** A balancer's figures are means of up to ten seconds, in which a jump looks like a rise: three steps last longer. */
const STEPS_MS = [5000, 8000] as const
/** Over the three steps demand has to have grown by this share … */
const SHARP = 0.15
/** … and by so many standard deviations; each step counts less this many of its own. */
const CLEARLY = 3.5
const EACH = 0.5
/** A jump may fall across two steps; in a rise the smallest step is at least this share of the largest. */
const EVEN = 0.3
/** Where demand follows means of the last seconds, a jump looks like a rise that is not even. */
const EVEN_OF_MEANS = 0.55

/** So long ago it has to have shown as well: a jump passes for a rise at single looks. */
const CONFIRMED_MS = 2000

/** How fast demand rises right now, members at target a second: 0 unless it stands out from the noise. */
export function sharpRise(recent: readonly Seen[], noise: number, means: boolean): number {
  const last = recent.at(-1)!.at
  const even = means ? EVEN_OF_MEANS : EVEN
  const seen = (until: number): number =>
    Math.max(...STEPS_MS.map((step) => sustained(recent, noise, step, even, until)))
  const now = seen(last)
  return now === 0 || !means ? now : Math.min(now, seen(last - CONFIRMED_MS))
}

/**
 * The slowest of the last three steps of `step` ms. A jump is over after one
 * step, a rise is in all three.
 */
function sustained(recent: readonly Seen[], noise: number, step: number, even: number, last: number): number {
  if (last - recent[0]!.at < 4 * step - 1000) return 0
  const levels: number[] = []
  for (let back = 0; back < 4; back++) {
    const value = meanBetween(recent, last - (back + 1) * step, last - back * step)
    if (value === null) return 0
    levels.push(value)
  }
  const rise = levels[0]! - levels[3]!
  if (rise < SHARP * levels[3]! || rise < CLEARLY * Math.sqrt((2 * noise * 1000) / step)) return 0
  const steps = [levels[0]! - levels[1]!, levels[1]! - levels[2]!, levels[2]! - levels[3]!]
  const least = Math.min(...steps)
  if (least < even * Math.max(...steps)) return 0
  return Math.max(0, ((least - EACH * Math.sqrt((2 * noise * 1000) / step)) * 1000) / step)
}

function meanBetween(recent: readonly Seen[], from: number, to: number): number | null {
  let sum = 0
  let count = 0
  for (let index = recent.length - 1; index >= 0; index--) {
    const point = recent[index]!
    if (point.at <= from) break
    if (point.at > to) continue
    sum += point.demand
    count++
  }
  return count === 0 ? null : sum / count
}
