import type { Policy } from '../core/model/policy.ts'
import type { Demand } from './demand.ts'
import { bestSetting } from './rivals/best.ts'
import { createClairvoyant } from './rivals/clairvoyant.ts'
import { createPresent } from './rivals/present.ts'
import type { Rival } from './rivals/rivals.ts'
import type { Scaler } from './scaler.ts'
import { replay, type Score } from './score.ts'
import { createSpinup } from './spinup.ts'
import type { Second, WorldSettings } from './world.ts'

/** Someone who sizes pools, to be compared with others. */
export interface Contender {
  readonly key: string
  readonly name: string
  /** How it is set, in words; empty where there is nothing to set. */
  readonly setting: string
  /** Yardsticks know what nobody can know, and win nothing. */
  readonly kind: 'spinup' | 'rival' | 'yardstick'
  readonly create: (demand: Demand, world: WorldSettings) => Scaler
}

export const CLAIRVOYANT: Contender = {
  key: 'clairvoyant',
  name: 'Clairvoyant',
  setting: 'knows the next 200 s',
  kind: 'yardstick',
  create: createClairvoyant,
}

export const PRESENT: Contender = {
  key: 'present',
  name: 'Present',
  setting: 'sees this second without error',
  kind: 'yardstick',
  create: createPresent,
}

/** Spinup with what differs from its defaults; the world's limits are its own. */
export function spinup(policy: Partial<Policy>, setting = 'defaults'): Contender {
  return {
    key: 'spinup',
    name: 'Spinup',
    setting,
    kind: 'spinup',
    create: (_, world) => createSpinup({ ...policy, min: world.min, max: world.max }),
  }
}

/** A rival with its best single setting. */
export function rival(key: Rival['key']): Contender {
  const { rival, setting } = bestSetting(key)
  return { key, name: rival.name, setting: setting.label, kind: 'rival', create: setting.create }
}

/** How one of them did. */
export interface Result {
  readonly contender: Contender
  readonly score: Score
  /** Its score over the clairvoyant's. */
  readonly ratio: number
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
    score: replay(demand, contender.create(demand, world), world, (second) => each(contender, second)),
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
