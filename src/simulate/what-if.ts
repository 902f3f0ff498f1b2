import type { Observation } from '../core/model/decision.ts'
import type { Policy } from '../core/model/policy.ts'
import { demandOf, type History } from './history.ts'
import { createSpinup } from './spinup.ts'
import { DEFAULT_WORLD, play, type WorldSettings } from './world.ts'

/** A history to be replayed under two policies; plain data, so that it can cross to a thread. */
export interface WhatIf {
  readonly history: Pick<History, 'points' | 'fromAt' | 'toAt' | 'gaps'>
  readonly present: Policy
  readonly changed: Policy
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
  readonly drawn: {
    /** Start of each slice, epoch ms. */
    readonly at: readonly number[]
    readonly sliceMs: number
    /** In full members. */
    readonly demand: readonly number[]
    /** Members in service. */
    readonly present: readonly number[]
    readonly changed: readonly number[]
  }
}

/** The calendar windows open at an instant, epoch ms. */
export type OpenWindows = (policy: Policy, at: number) => NonNullable<Observation['windows']>

const SLICES = 240
/** Up to so many seconds each one is judged; longer stretches every second or every fifth one, which takes as long. */
const FINE_S = 6 * 3600
const MEDIUM_S = 50 * 3600

/** Replays a history under both policies in the same world: the same visitors, the same boots. */
export function compare(job: WhatIf, windows: OpenWindows): Compared {
  const { memberRps } = DEFAULT_WORLD
  const { gaps } = job.history
  const demand = demandOf(job.history, memberRps)
  const warmS = Math.max(0, Math.floor(job.history.fromAt / 1000) - demand.startsAt)
  const sliceS = Math.max(1, Math.ceil((demand.seconds - warmS) / SLICES))
  const slices = Math.ceil((demand.seconds - warmS) / sliceS)
  const everyS = demand.seconds <= FINE_S ? 1 : demand.seconds <= MEDIUM_S ? 2 : 5
  const wanted = Array.from({ length: slices }, () => 0)

  const run = (policy: Policy): { readonly outcome: Outcome; readonly members: readonly number[] } => {
    const spinup = createSpinup(policy)
    const members = Array.from({ length: slices }, () => 0)
    const { dollarsPerHour, originDollarsPerHour = dollarsPerHour, boots } = job
    const known = { dollarsPerHour, originDollarsPerHour, bootMs: boots.expectedMs }
    const world: WorldSettings = {
      ...DEFAULT_WORLD,
      bootS: [Math.max(1, job.boots.leastMs / 1000), Math.max(1, job.boots.mostMs / 1000)],
      min: policy.min,
      max: Math.max(policy.max, ...policy.calendar.map((window) => window.max ?? 0)),
    }
    const scaler = {
      name: 'spinup',
      everyS,
      desired: (view: Parameters<typeof spinup.judge>[0]) =>
        spinup.judge(view, { ...known, windows: windows(policy, view.t * 1000) }).to,
    }
    let paidS = 0
    let overloadedS = 0
    let peak = 0
    let changes = 0
    let gap = 0
    for (const second of play(demand, scaler, world)) {
      if (second.t < warmS) continue
      const at = (demand.startsAt + second.t) * 1000
      while (gap < gaps.length && gaps[gap]!.toAt <= at) gap++
      // What nobody recorded is played, so that what follows finds the pool as it would, but compared with nothing.
      if (gap === gaps.length || at < gaps[gap]!.fromAt) {
        paidS += second.paid
        peak = Math.max(peak, second.serving)
        if (second.overloaded) overloadedS++
        if (second.change !== null) changes++
      }
      const slice = Math.floor((second.t - warmS) / sliceS)
      members[slice] = Math.max(members[slice] ?? 0, second.serving)
      wanted[slice] = Math.max(wanted[slice] ?? 0, second.wanted / memberRps)
    }
    return { outcome: { overloadedS, memberHours: paidS / 3600, peak, changes }, members }
  }

  const present = run(job.present)
  const changed = run(job.changed)
  return {
    present: present.outcome,
    changed: changed.outcome,
    drawn: {
      at: wanted.map((_, index) => (demand.startsAt + warmS + index * sliceS) * 1000),
      sliceMs: sliceS * 1000,
      demand: wanted,
      present: present.members,
      changed: changed.members,
    },
  }
}
