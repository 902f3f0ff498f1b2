import type { Observation } from '../core/model/decision.ts'
import type { Policy } from '../core/model/policy.ts'
import { demandOf, type History } from './history.ts'
import { askedBy, shownUnder, type Recordings } from './other-stats.ts'
import { everyS } from './scaler.ts'
import { createSpinup } from './spinup.ts'
import { cheapest } from './targets.ts'
import { play } from './world/play.ts'
import { DEFAULT_WORLD, type WorldSettings } from './world/settings.ts'

/** A history to be replayed under two policies; plain data, so that it can cross to a thread. */
export interface WhatIf {
  readonly history: Pick<History, 'points' | 'fromAt' | 'toAt' | 'gaps'>
  /** What is on record of other stats that the policies keep; those that are not are not replayed. */
  readonly others?: Recordings
  readonly present: Policy
  readonly changed: Policy
  /** Others to try in place of the changed one; the cheapest without more overload is compared. */
  readonly instead?: readonly Policy[]
  readonly dollarsPerHour: number
  /** What the origin costs, where it is another. */
  readonly originDollarsPerHour?: number
  /** How long a clone takes to come into service: from, to and what the judgement expects, ms. */
  readonly boots: { readonly leastMs: number; readonly mostMs: number; readonly expectedMs: number }
}

/** How the replay under one policy went. */
export interface Outcome {
  /** Seconds in which requests waited over half a second, or gave up. */
  readonly overloadedS: number
  /** Booting and draining ones included: they are paid for. */
  readonly memberHours: number
  /** In service at once. */
  readonly peak: number
  /** Changes of size. */
  readonly changes: number
}

/** Both outcomes, and what can be drawn of them: the highest of each slice of time. */
export interface Compared {
  readonly present: Outcome
  readonly changed: Outcome
  /** Which it is: 0 the changed policy, 1 the first in place of it. */
  readonly chosen: number
  readonly drawn: {
    /** Start of each slice, epoch ms. */
    readonly at: readonly number[]
    readonly sliceMs: number
    /** In full members; where the changed policy scales by another stat, in members at its target. */
    readonly demand: readonly number[]
    /** Members in service. */
    readonly present: readonly number[]
    readonly changed: readonly number[]
  }
}

/** The calendar windows open at an instant, epoch ms. */
export type OpenWindows = (policy: Policy, at: number) => NonNullable<Observation['windows']>

const SLICES = 240
/** What a record does not tell: every member is alike, and there is nothing but requests. */
const PLAIN: WorldSettings = { ...DEFAULT_WORLD, speed: () => 1 }
/** How full the members of the start are. */
const FULL = 0.7

/** Replays a history under both policies in the same world: the same visitors, the same boots. */
export function compare(job: WhatIf, windows: OpenWindows): Compared {
  const { memberRps } = PLAIN
  const { history, others = {} } = job
  const demand = demandOf(history, memberRps)
  const span = { fromAt: demand.startsAt * 1000, toAt: history.toAt }
  const warmS = Math.max(0, Math.floor(history.fromAt / 1000) - demand.startsAt)
  const sliceS = Math.max(1, Math.ceil((demand.seconds - warmS) / SLICES))
  const slices = Math.ceil((demand.seconds - warmS) / sliceS)

  const run = (policy: Policy): { readonly outcome: Outcome; readonly members: readonly number[] } => {
    const spinup = createSpinup(policy)
    const members = Array.from({ length: slices }, () => 0)
    const { dollarsPerHour, originDollarsPerHour = dollarsPerHour, boots } = job
    const known = { dollarsPerHour, originDollarsPerHour, bootMs: boots.expectedMs }
    const asked = askedBy(policy, others, span)?.(demand.startsAt) ?? 0
    const world: WorldSettings = {
      ...PLAIN,
      bootS: [Math.max(1, boots.leastMs / 1000), Math.max(1, boots.mostMs / 1000)],
      start: Math.ceil(Math.max(demand.rate(0) / memberRps / FULL, asked)),
      min: policy.min,
      max: Math.max(policy.max, ...policy.calendar.map((window) => window.max ?? 0)),
    }
    const scaler = {
      name: 'spinup',
      everyS: everyS(demand.seconds),
      desired: (view: Parameters<typeof spinup.judge>[0]) =>
        spinup.judge(view, { ...known, windows: windows(policy, view.t * 1000) }).to,
    }
    const shown = shownUnder(policy, others, span)
    const counted = recordedIn(history.gaps)
    let paidS = 0
    let overloadedS = 0
    let peak = 0
    let changes = 0
    for (const second of play(demand, scaler, world, (t, serving) => shown(demand.startsAt + t, serving))) {
      if (second.t < warmS) continue
      // What nobody recorded is played, so that what follows finds the pool as it would, but compared with nothing.
      if (counted((demand.startsAt + second.t) * 1000)) {
        paidS += second.paid
        peak = Math.max(peak, second.serving)
        if (second.overloaded) overloadedS++
        if (second.change !== null) changes++
      }
      const slice = Math.floor((second.t - warmS) / sliceS)
      members[slice] = Math.max(members[slice] ?? 0, second.serving)
    }
    return { outcome: { overloadedS, memberHours: paidS / 3600, peak, changes }, members }
  }

  const present = run(job.present)
  const policies = [job.changed, ...(job.instead ?? [])]
  const tried = policies.map(run)
  const chosen = cheapest(
    tried.map(({ outcome }) => outcome),
    present.outcome,
  )
  const changed = tried[chosen] ?? present
  const asked = askedBy(policies[chosen] ?? job.changed, others, span)
  const wanted = Array.from({ length: slices }, () => 0)
  for (let t = warmS; t < demand.seconds; t++) {
    const slice = Math.floor((t - warmS) / sliceS)
    wanted[slice] = Math.max(wanted[slice] ?? 0, asked?.(demand.startsAt + t) ?? demand.rate(t) / memberRps)
  }
  return {
    present: present.outcome,
    changed: changed.outcome,
    chosen,
    drawn: {
      at: wanted.map((_, index) => (demand.startsAt + warmS + index * sliceS) * 1000),
      sliceMs: sliceS * 1000,
      demand: wanted,
      present: present.members,
      changed: changed.members,
    },
  }
}

/** Whether an instant (epoch ms) is on record; asked in the order of time. */
function recordedIn(gaps: History['gaps']): (at: number) => boolean {
  let next = 0
  return (at) => {
    while (next < gaps.length && gaps[next]!.toAt <= at) next++
    return next === gaps.length || at < gaps[next]!.fromAt
  }
}
