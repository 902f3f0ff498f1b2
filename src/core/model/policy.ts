/** `auto`: act and tell; `approve`: ask first; `observe`: say what it would do. */
export type Mode = 'auto' | 'approve' | 'observe'
export const MODES: readonly Mode[] = ['auto', 'approve', 'observe']

/** How the members' values of a stat become one. */
export const WAYS = ['mean', 'p95', 'max', 'sum'] as const
export type Way = (typeof WAYS)[number]

/** What counts instead while a stat is not reported: the size as it is, so many members, or another stat at a target. */
export type Fallback =
  | { readonly kind: 'hold' }
  | { readonly kind: 'size'; readonly members: number }
  | { readonly kind: 'stat'; readonly stat: string; readonly target: number }

/** One thing to keep: a stat and where it should be. */
export interface Goal {
  readonly stat: string
  /** A fraction for cpu, memory, psi and steal; else in the stat's own unit. */
  readonly target: number
  readonly how: Way
  /** `member`: the target is what each member should show; `pool`: it is how much of the whole one member carries. */
  readonly across: 'member' | 'pool'
  /** Absent: `hold`. */
  readonly fallback?: Fallback
}

/** A stretch of the calendar that raises min or max: it opens when `cron` fires and stays open for `forMs`. */
export interface CalendarWindow {
  readonly cron: string
  readonly forMs: number
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string
  readonly min: number | null
  readonly max: number | null
}

/** What the team set. Every field has a default; times are milliseconds. */
export interface Policy {
  /** The stat that scales the pool: `cpu`, `memory`, or any reported one. */
  readonly stat: string
  /** The value of `stat` the pool is kept at; a fraction for cpu, memory, psi and steal. */
  readonly target: number
  readonly how: Way
  readonly across: 'member' | 'pool'
  /** While nobody reports `stat`. */
  readonly fallback: Fallback
  /** More stats to keep; whichever asks for most members wins. */
  readonly also: readonly Goal[]
  readonly min: number
  /** Hard limit: no decision, pin or command passes it. */
  readonly max: number
  readonly mode: Mode
  /** The shortest stretch of samples that may scale out; shorter ones are noise. */
  readonly windowMs: number
  /** Scale in looks back at least this long: the highest demand of it has to fit. */
  readonly scaleInWindowMs: number
  readonly scaleOutCooldownMs: number
  /** Nothing leaves this soon after any change. */
  readonly scaleInCooldownMs: number
  /** How far over the target is not worth a change (0.1: 10 %). */
  readonly tolerance: number
  /** A member whose last sample is older than this is silent. */
  readonly staleAfterMs: number
  /** At most this many members leave in one decision. */
  readonly maxStepIn: number
  /** What a minute of a slow site is worth, in droplet-hours: how much headroom pays. */
  readonly slowMinute: number
  /** US dollars; null: no limit. */
  readonly maxDollarsPerHour: number | null
  readonly maxDollarsPerMonth: number | null
  /** `on`: a clone that is not like the others is replaced; `off`: it is only named. */
  readonly replaceSick: 'off' | 'on'
  /** Names of sizes and regions that a clone may be made in, in this order, while the provider has none of the usual. */
  readonly sizes: readonly string[]
  readonly regions: readonly string[]
  /** So many more droplets than `max` a refresh may have while it puts a new clone in an old one's place: 0 or 1. */
  readonly refreshExtra: number
  /** At most this many changes in any hour. */
  readonly maxChangesPerHour: number
  readonly calendar: readonly CalendarWindow[]
  /** How long an approval waits, and what happens when nobody answers. */
  readonly approvalMs: number
  readonly onExpiryOut: 'act' | 'hold'
  readonly onExpiryIn: 'act' | 'hold'
  /** Who may answer a proposal, as `Asker` names people and their groups: `slack:S0614TZR7`; empty: everyone. */
  readonly approvers: readonly string[]
  /** So many of them have to say yes. */
  readonly quorum: number
  /** Reported stats that may be below zero; ingest refuses negative values of all others. */
  readonly signed: readonly string[]
  /** IANA name of the clock that times of day are meant by, where the one who types has none. */
  readonly timeZone: string
}

export const DEFAULT_POLICY: Policy = {
  stat: 'cpu',
  target: 0.8,
  how: 'mean',
  across: 'member',
  fallback: { kind: 'hold' },
  also: [],
  min: 1,
  max: 5,
  mode: 'auto',
  windowMs: 1000,
  scaleInWindowMs: 60_000,
  scaleOutCooldownMs: 0,
  scaleInCooldownMs: 60_000,
  tolerance: 0.12,
  staleAfterMs: 35_000,
  maxStepIn: 20,
  slowMinute: 5,
  maxDollarsPerHour: null,
  maxDollarsPerMonth: null,
  replaceSick: 'off',
  sizes: [],
  regions: [],
  refreshExtra: 0,
  maxChangesPerHour: 60,
  calendar: [],
  approvalMs: 10 * 60_000,
  onExpiryOut: 'act',
  onExpiryIn: 'hold',
  approvers: [],
  quorum: 1,
  signed: [],
  timeZone: 'UTC',
}
