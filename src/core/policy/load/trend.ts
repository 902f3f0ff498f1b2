import type { Seen } from '../../model/load.ts'

/** A rise is believed beyond this many standard deviations of its estimate. */
const RISING = 2
/** It takes so many points, over so long, to see where demand is heading. */
const LEAST_POINTS = 6
const LEAST_SPAN_MS = 15_000

/** A straight line through these points, less what may be chance; null when it does not rise for sure. */
export function trend(recent: readonly Seen[], noise: number): { readonly slope: number; readonly end: number } | null {
  const first = recent[0]
  const last = recent.at(-1)
  if (first === undefined || last === undefined) return null
  const span = last.at - first.at
  if (recent.length < LEAST_POINTS || span < LEAST_SPAN_MS) return null
  const count = recent.length
  let sumX = 0
  let sumY = 0
  for (const point of recent) {
    sumX += (point.at - first.at) / 1000
    sumY += point.demand
  }
  const meanX = sumX / count
  const meanY = sumY / count
  let xx = 0
  let xy = 0
  for (const point of recent) {
    const x = (point.at - first.at) / 1000 - meanX
    xx += x * x
    xy += x * (point.demand - meanY)
  }
  const perPoint = (noise * count) / (span / 1000)
  const slope = xy / xx - RISING * Math.sqrt(perPoint / xx)
  return slope <= 0 ? null : { slope, end: meanY + slope * (span / 1000 - meanX) }
}
