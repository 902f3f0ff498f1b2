/** What a pool's members showed of one stat in a stretch of time. */
export interface Stretch {
  /** Epoch ms. */
  readonly fromAt: number
  readonly toAt: number
  /** Mean over the members that reported. */
  readonly mean: number
  /** How many reported, on average over the stretch. */
  readonly members: number
}

/** From here on a pool's CPU is full; a mean over a minute hardly reaches higher. */
export const FULL_CPU = 0.95
