import { CLAIRVOYANT, geometricMean } from './contest.ts'
import type { Demand } from './demand.ts'
import type { Rival } from './rivals/rivals.ts'
import { replay } from './score.ts'
import type { WorldSettings } from './world.ts'

/** A rival's setting and the geometric mean, over the demands, of its score over the clairvoyant's. */
export interface Calibrated {
  readonly label: string
  readonly ratio: number
}

/** Tries all of a rival's settings on all demands; the best first. */
export function calibrate(
  rival: Rival,
  demands: readonly Demand[],
  world: WorldSettings,
  done: () => void = () => {},
): readonly Calibrated[] {
  const measures = demands.map((demand) => replay(demand, CLAIRVOYANT.create(demand, world), world).score)
  return rival.settings
    .map(({ label, create }) => {
      const ratios = demands.map((demand, index) => replay(demand, create(), world).score / measures[index]!)
      done()
      return { label, ratio: geometricMean(ratios) }
    })
    .toSorted((a, b) => a.ratio - b.ratio)
}
