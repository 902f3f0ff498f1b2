import { bout, CLAIRVOYANT, geometricMean } from './contest.ts'
import type { Demand } from './demand.ts'
import type { Rival } from './rivals/rivals.ts'
import { replay } from './score.ts'
import { costOf, type WorldSettings } from './world/settings.ts'

/** A rival's setting and the geometric mean, over all it was tried on, of its score over the clairvoyant's. */
export interface Calibrated {
  readonly label: string
  readonly ratio: number
}

/** A demand and the world it is played in. */
export interface Ground {
  readonly demand: Demand
  readonly world: WorldSettings
}

/** What each ground costs the clairvoyant. */
export function measuresOf(grounds: readonly Ground[]): readonly number[] {
  return grounds.map(({ demand, world }) => bout(demand, world, CLAIRVOYANT).score)
}

/** Tries all of a rival's settings on all grounds, whose `measures` are the clairvoyant's scores; the best first. */
export function calibrate(
  rival: Rival,
  grounds: readonly Ground[],
  measures: readonly number[],
  done: () => void = () => {},
): readonly Calibrated[] {
  return rival.settings
    .map(({ label, create }) => {
      const ratios = grounds.map(
        ({ demand, world }, index) => replay(demand, create(1 / costOf(world)), world).score / measures[index]!,
      )
      done()
      return { label, ratio: geometricMean(ratios) }
    })
    .toSorted((a, b) => a.ratio - b.ratio)
}
