import type { Policy } from '../core/model/policy.ts'
import type { Demand } from './demand.ts'
import { RIVALS, type Rival, type RivalSetting } from './rivals/rivals.ts'
import { everyS, type Scaler } from './scaler.ts'
import { replay, type Score } from './score.ts'
import { createSpinup } from './spinup.ts'
import type { Second } from './world/play.ts'
import { costOf, membersFor, type WorldSettings } from './world/settings.ts'

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

type Settings = Readonly<Record<Rival['key'], string>>

/**
 * The one setting with which each rival does best over everything of a kind together (least geometric mean of its score
 * over the clairvoyant's): the standard days, and the situations. Found by `npm run simulate -- --calibrate` with
 * `--trace all` and `--situation all`.
 */
export const BEST_SETTINGS: Readonly<Record<WorldSettings['kind'], Settings>> = {
  fluid: {
    kpa: 'rps, 80 %, 60 s window',
    hpa: '60 %, 120 s stabilisation',
    aws: '60 %, 10 s metric',
    'do-pools': '30 %, 5 min cooldown',
    nomad: '50 %, 60 s cooldown upwards',
  },
  requests: {
    kpa: 'rps, 50 %, 60 s window',
    hpa: '60 %, 300 s stabilisation',
    aws: '60 %, 10 s metric',
    'do-pools': '50 %, 5 min cooldown',
    nomad: '50 %, 60 s cooldown upwards',
  },
}

export function bestSetting(
  key: Rival['key'],
  kind: WorldSettings['kind'],
): { readonly rival: Rival; readonly setting: RivalSetting } {
  const rival = RIVALS.find((one) => one.key === key)!
  return { rival, setting: rival.settings.find(({ label }) => label === BEST_SETTINGS[kind][key])! }
}

/** How full it runs its members. */
const PRESENT_FULL = 0.85

/** A yardstick, no rival: sees the demand of this second without error, and nothing of the next. */
export function createPresent(demand: Demand, world: WorldSettings): Scaler {
  return {
    name: 'present',
    everyS: 1,
    desired: (view) => {
      const t = Math.min(demand.seconds - 1, Math.max(0, Math.round(view.t - demand.startsAt)))
      return membersFor(world, demand.rate(t), t, PRESENT_FULL)
    },
  }
}

/** It sees this far ahead: the longest boot of the usual world, and some. */
const LOOKAHEAD_S = 200

/**
 * Knows the next minutes, how many come and what each costs, and orders ahead of the boot time: nobody without a crystal
 * ball does better by much. `full`: how full it runs its members.
 */
function createClairvoyant(demand: Demand, world: WorldSettings, full: number): Scaler {
  const sizes = slidingPeaks(demand.seconds, Math.max(LOOKAHEAD_S, world.bootS[1] + MORE_S), (t) =>
    membersFor(world, demand.rate(t), t, full),
  )
  return {
    name: 'clairvoyant',
    everyS: 1,
    desired: (view) => {
      const t = Math.round(view.t - demand.startsAt)
      return sizes[Math.min(Math.max(0, t), sizes.length - 1)] ?? 1
    },
  }
}

/** Members are wanted this much before they are needed, seconds. */
const MORE_S = 20

/** The highest of each second's next `lookaheadS` seconds. */
function slidingPeaks(seconds: number, lookaheadS: number, at: (t: number) => number): Float64Array {
  const peaks = new Float64Array(seconds)
  /** Seconds whose value nothing later within reach exceeds, the latest first. */
  const queue: number[] = []
  const values = Float64Array.from({ length: seconds }, (_, t) => at(t))
  let head = 0
  let next = 0
  for (let t = 0; t < seconds; t++) {
    for (; next < Math.min(seconds, t + lookaheadS); next++) {
      while (queue.length > head && values[queue.at(-1)!]! <= values[next]!) queue.pop()
      queue.push(next)
    }
    while (queue[head]! < t) head++
    peaks[t] = values[queue[head]!]!
  }
  return peaks
}
