import type { Demand } from './demand.ts'
import type { Scaler } from './scaler.ts'
import { play, type Second } from './world/play.ts'
import { membersFor, type WorldSettings } from './world/settings.ts'

/** How a replay went. */
export interface Score {
  readonly scaler: string
  readonly memberHours: number
  readonly overloadedS: number
  readonly lost: number
  readonly changes: number
  /** Changes of size, in 24 hours. */
  readonly changesADay: number
  /** Changes undone within 15 minutes. */
  readonly reversals: number
  /** Scale ins after which those left could not carry what was wanted in that second. */
  readonly wrongScaleIns: number
  /** The longest unbroken overload, seconds. */
  readonly longestS: number
  readonly peak: number
  /** The most members it ever asked for, before any limit. */
  readonly most: number
  /** Member-hours and, for each overloaded minute, `SLOW_MINUTE` more. */
  readonly score: number
}

/** A slow minute costs as much as so many member-hours. */
const SLOW_MINUTE = 5
const REVERSAL_S = 15 * 60

/** Plays the whole demand; `each` sees every second. */
export function replay(
  demand: Demand,
  scaler: Scaler,
  settings: WorldSettings,
  each: (second: Second) => void = () => {},
): Score {
  let paid = 0
  let overloaded = 0
  let lost = 0
  let peak = 0
  let most = 0
  let run = 0
  let longest = 0
  let changes = 0
  let reversals = 0
  let wrong = 0
  let last: { t: number; up: boolean } | null = null
  for (const second of play(demand, scaler, settings)) {
    paid += second.paid
    lost += second.lost
    peak = Math.max(peak, second.paid)
    most = Math.max(most, second.asked ?? 0)
    run = second.overloaded ? run + 1 : 0
    longest = Math.max(longest, run)
    if (second.overloaded) overloaded++
    if (second.change !== null) {
      const up = second.change[1] > second.change[0]
      changes++
      if (!up && membersFor(settings, second.wanted, second.t, 1) > second.change[1]) wrong++
      if (last !== null && last.up !== up && second.t - last.t < REVERSAL_S) reversals++
      last = { t: second.t, up }
    }
    each(second)
  }
  const memberHours = paid / 3600
  return {
    scaler: scaler.name,
    memberHours,
    overloadedS: overloaded,
    lost,
    changes,
    changesADay: (changes * 86_400) / demand.seconds,
    reversals,
    wrongScaleIns: wrong,
    longestS: longest,
    peak,
    most,
    score: memberHours + (SLOW_MINUTE * overloaded) / 60,
  }
}
