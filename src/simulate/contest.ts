import type { Policy } from '../core/model/policy.ts'
import type { Demand } from './demand.ts'
import { bestSetting } from './rivals/best.ts'
import { createClairvoyant } from './rivals/clairvoyant.ts'
import { createPresent } from './rivals/present.ts'
import type { Rival } from './rivals/rivals.ts'
import { everyS, type Scaler } from './scaler.ts'
import { replay, type Score } from './score.ts'
import { createSpinup } from './spinup.ts'
import type { Second } from './world/play.ts'
import { costOf, type WorldSettings } from './world/settings.ts'

/** Someone who sizes pools, to be compared with others. */
export interface Contender {
  readonly key: string
  readonly name: string
  /** How it is set, in words; empty where there is nothing to set. */
  readonly setting: string
  /** Yardsticks know what nobody can know, and win nothing. */
  readonly kind: 'spinup' | 'rival' | 'yardstick'
  /** Its scalers: of several, tried in order as long as none does worse than the one before, the best is it. */
  readonly create: (demand: Demand, world: WorldSettings) => readonly (() => Scaler)[]
}

/** How full the clairvoyant runs its members; dear requests leave less of a CPU to be filled than cheap ones. */
const FULL = [0.85, 0.65, 0.45, 0.3, 0.2]

export const CLAIRVOYANT: Contender = {
  key: 'clairvoyant',
  name: 'Clairvoyant',
  setting: 'knows what comes, and how full to run',
  kind: 'yardstick',
  create: (demand, world) => FULL.map((full) => () => createClairvoyant(demand, world, full)),
}

export const PRESENT: Contender = {
  key: 'present',
  name: 'Present',
  setting: 'sees this second without error',
  kind: 'yardstick',
  create: (demand, world) => [() => createPresent(demand, world)],
}

/** Spinup with what differs from its defaults; the world's limits are its own. */
export function spinup(policy: Partial<Policy>, setting = 'defaults'): Contender {
  return {
    key: 'spinup',
    name: 'Spinup',
    setting,
    kind: 'spinup',
    create: (demand, world) => [() => asScaler({ ...policy, min: world.min, max: world.max }, everyS(demand.seconds))],
  }
}

function asScaler(policy: Partial<Policy>, everyS: number): Scaler {
  const { name, judge } = createSpinup(policy)
  let wanted = 0
  const desired: Scaler['desired'] = (view) => {
    const judgement = judge(view)
    wanted = judgement.wanted
    return judgement.to
  }
  return { name, everyS, desired, wanted: () => wanted }
}

/** A rival with its best single setting in this kind of world. */
export function rival(key: Rival['key'], kind: WorldSettings['kind']): Contender {
  const { rival, setting } = bestSetting(key, kind)
  return {
    key,
    name: rival.name,
    setting: setting.label,
    kind: 'rival',
    create: (_, world) => [() => setting.create(1 / costOf(world))],
  }
}

/** How one of them did. */
export interface Result {
  readonly contender: Contender
  readonly score: Score
  /** Its score over the clairvoyant's. */
  readonly ratio: number
}

/** The best that a contender makes of a demand. */
export function bout(
  demand: Demand,
  world: WorldSettings,
  contender: Contender,
  each: (second: Second) => void = () => {},
): Score {
  let best: Score | null = null
  for (const create of contender.create(demand, world)) {
    const score = replay(demand, create(), world, each)
    if (best !== null && score.score > best.score) break
    best = score
  }
  return best!
}

/** Everyone against the same demand in the same world, in the order given; the clairvoyant, who measures them all, last. */
export function contest(
  demand: Demand,
  world: WorldSettings,
  contenders: readonly Contender[],
  each: (contender: Contender, second: Second) => void = () => {},
): readonly Result[] {
  const scores = [...contenders.filter(({ key }) => key !== CLAIRVOYANT.key), CLAIRVOYANT].map((contender) => ({
    contender,
    score: bout(demand, world, contender, (second) => each(contender, second)),
  }))
  const measure = scores.at(-1)!.score.score
  return scores.map((one) => ({ ...one, ratio: one.score.score / measure }))
}

/** The lowest score of those of some kinds; null where there is none. */
export function bestOf(results: readonly Result[], ...kinds: readonly Contender['kind'][]): Result | null {
  return results
    .filter(({ contender }) => kinds.includes(contender.kind))
    .reduce<Result | null>((best, one) => (best === null || one.score.score < best.score.score ? one : best), null)
}

/** The mean of ratios. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}
