import type { TeamBudget } from './upkeep.ts'
import type { LoadMemory } from './load.ts'
import type { MemberPhase } from './member.ts'
import type { Stats, Traffic } from './sample.ts'

/** Which rule had the last word. */
export type Rule =
  | 'target'
  | 'withinTolerance'
  | 'min'
  | 'max'
  | 'pin'
  | 'pause'
  | 'cooldown'
  | 'noData'
  | 'silentMembers'
  | 'booting'
  | 'notQuietLongEnough'
  | 'noCandidate'
  | 'noHelp'
  | 'fallback'
  | 'recentFailures'
  | 'refused'
  | 'breaker'
  | 'calendar'
  | 'costPerHour'
  | 'budget'
  | 'changesPerHour'
  | 'manual'

/** One number the decision was made from, ready to be shown. */
export interface Input {
  readonly name: string
  readonly value: number
  /** `fraction` is shown as per cent, `ms` as a duration. */
  readonly unit: 'fraction' | 'count' | 'ms' | 'number'
}

/** From N to M members, with the reason, the rule that limited it and the numbers; *holding* is one too (`from === to`). */
export interface Decision {
  readonly id: string
  readonly poolId: string
  readonly at: number
  readonly kind: 'scaleOut' | 'scaleIn' | 'hold'
  readonly from: number
  readonly to: number
  /** What the target alone asked for, before limits. */
  readonly wanted: number
  readonly rule: Rule
  /** A sentence a person can read in chat. */
  readonly reason: string
  /** The arithmetic in words, e.g. `ceil(2 × 0.93 / 0.60) = 4`. */
  readonly formula: string
  readonly inputs: readonly Input[]
  /** Since when the load has asked for more (or for fewer) without a break, epoch ms; absent: it asks for neither. */
  readonly since?: number
}

/** A member as the judgement sees it. */
export interface ObservedMember {
  /** What it costs, US dollars an hour; absent: what the observation says of its kind. */
  readonly dollarsPerHour?: number
  readonly id: string
  readonly phase: MemberPhase
  /** The team's own droplet; it comes back, but is never made. */
  readonly origin?: boolean
  /** How long it has been in this phase, ms. */
  readonly ageMs: number
  /** Whether scale in may take it (a clone, in service, not protected). */
  readonly removable: boolean
  /** Its newest figures; null: it has never reported. */
  readonly stats: Stats | null
  /** Epoch ms of those figures. */
  readonly lastSampleAt: number | null
  /** What its balancer sees of it; null or absent: nothing. */
  readonly traffic?: Traffic | null
}

/** A stretch of the calendar in which the limits are others. */
export interface OpenWindow {
  readonly name: string
  readonly min: number | null
  readonly max: number | null
  /** Epoch ms. */
  readonly until: number
}

/** All the judgement may look at; gathered by `engine/loop`. */
export interface Observation {
  readonly poolId: string
  readonly members: readonly ObservedMember[]
  readonly pin: { readonly count: number; readonly owner: string; readonly expiresAt: number } | null
  readonly pause: { readonly owner: string; readonly expiresAt: number | null } | null
  /** Calendar windows that are open now. */
  readonly windows?: readonly OpenWindow[]
  /** Requests the balancer holds back because no member can take them; null or absent: it cannot tell. */
  readonly queued?: number | null
  /** Price of one clone, US dollars an hour; null or absent: unknown, and then no budget limits. */
  readonly dollarsPerHour?: number | null
  /** Price of the origin, where it is another; US dollars an hour. */
  readonly originDollarsPerHour?: number | null
  /** How long a droplet is said to take to boot, ms, until the pool's own clones have shown it. */
  readonly bootMs?: number | null
  /** What this month's droplets cost beyond their seconds, US dollars. */
  readonly extraDollars?: number
  /** The month's money of the whole team; null or absent: no limit is set. */
  readonly team?: TeamBudget | null
}

/** What the judgement remembers between ticks; plain data, stored with the pool. */
export interface Memory {
  readonly lastScaleOutAt: number | null
  readonly lastScaleInAt: number | null
  /** Clones that failed in a row, and when the last one did. */
  readonly failures: number
  readonly lastFailureAt: number | null
  /** Since when nothing is created because too many failed in a row, epoch ms; until a person says to try again. */
  readonly stoppedAt: number | null
  /** Mode `observe`: what was last said, and when, so that it is not said every second. */
  readonly lastSaidAt: number | null
  readonly lastSaidTo: number | null
  /** Times of the changes of the last hour, epoch ms. */
  readonly changes: readonly number[]
  /** What has been seen of the load; null before the first look. */
  readonly load: LoadMemory | null
}

export const EMPTY_MEMORY: Memory = {
  lastScaleOutAt: null,
  lastScaleInAt: null,
  failures: 0,
  lastFailureAt: null,
  stoppedAt: null,
  lastSaidAt: null,
  lastSaidTo: null,
  changes: [],
  load: null,
}
