/** `auto`: act and tell; `approve`: ask first; `observe`: say what it would do. */
export type Mode = 'auto' | 'approve' | 'observe'
export const MODES: readonly Mode[] = ['auto', 'approve', 'observe']

/** What the team set. Every field has a default; times are milliseconds. */
export interface Policy {
  /** The stat that scales the pool: `cpu`, `memory`, or any reported one. */
  readonly stat: string
  /** The value of `stat` (mean over members) the pool is kept at; a fraction for cpu and memory. */
  readonly target: number
  readonly min: number
  /** Hard limit: no decision, pin or command passes it. */
  readonly max: number
  readonly mode: Mode
  /** Samples this recent are averaged to judge scale out. */
  readonly windowMs: number
  /** Scale in needs the whole of this longer window quiet. */
  readonly scaleInWindowMs: number
  readonly scaleOutCooldownMs: number
  readonly scaleInCooldownMs: number
  /** Relative distance from target that is not worth a change (0.1: within 10 %). */
  readonly tolerance: number
  /** A member whose last sample is older than this is silent, and holds scale in. */
  readonly staleAfterMs: number
  /** At most this many members leave in one decision. */
  readonly maxStepIn: number
  /** How long an approval waits, and what happens when nobody answers. */
  readonly approvalMs: number
  readonly onExpiryOut: 'act' | 'hold'
  readonly onExpiryIn: 'act' | 'hold'
}

export const DEFAULT_POLICY: Policy = {
  stat: 'cpu',
  target: 0.6,
  min: 1,
  max: 5,
  mode: 'auto',
  windowMs: 10_000,
  scaleInWindowMs: 120_000,
  scaleOutCooldownMs: 15_000,
  scaleInCooldownMs: 120_000,
  tolerance: 0.1,
  staleAfterMs: 35_000,
  maxStepIn: 1,
  approvalMs: 10 * 60_000,
  onExpiryOut: 'act',
  onExpiryIn: 'hold',
}
