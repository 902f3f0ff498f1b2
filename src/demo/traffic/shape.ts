/** How many visitors come when. Rates in visits a second, times in ms. */
export type Shape = SteadyShape | HackerNewsShape

export interface SteadyShape {
  readonly kind: 'steady'
  readonly rps: number
  /** null: until it is stopped. */
  readonly forMs: number | null
}

/** A quiet site that makes the front page: quiet, a jump within seconds, a while at the peak, a long decay. */
export interface HackerNewsShape {
  readonly kind: 'hackerNews'
  readonly quietRps: number
  /** How many times the quiet rate the peak is. */
  readonly peak: number
  /** null: quiet until `surge` is called. */
  readonly quietForMs: number | null
  readonly riseMs: number
  readonly holdMs: number
  /** After so long the excess has fallen to 1/e. */
  readonly decayMs: number
  /** How long to go on after the hold; null: until it is stopped. */
  readonly afterMs: number | null
}

export const HACKER_NEWS: HackerNewsShape = {
  kind: 'hackerNews',
  quietRps: 12,
  peak: 8,
  quietForMs: 20_000,
  riseMs: 3000,
  holdMs: 60_000,
  decayMs: 40_000,
  afterMs: 180_000,
}

/** Visits a second at `ms` from the start; `surgeAt` is when the link was posted, null: not yet. */
export function rateAt(shape: Shape, ms: number, surgeAt: number | null): number {
  if (shape.kind === 'steady') return shape.rps
  const { quietRps, riseMs, holdMs, decayMs } = shape
  const excess = quietRps * (shape.peak - 1)
  if (surgeAt === null || ms < surgeAt) return quietRps
  const since = ms - surgeAt
  if (since < riseMs) return quietRps + (excess * since) / riseMs
  if (since < riseMs + holdMs) return quietRps + excess
  return quietRps + excess * Math.exp(-(since - riseMs - holdMs) / decayMs)
}

/** The highest rate it ever has. */
export function peakOf(shape: Shape): number {
  return shape.kind === 'steady' ? shape.rps : shape.quietRps * Math.max(1, shape.peak)
}

/** When it ends, ms from the start; null: it does not by itself. */
export function endOf(shape: Shape, surgeAt: number | null): number | null {
  if (shape.kind === 'steady') return shape.forMs
  if (surgeAt === null || shape.afterMs === null) return null
  return surgeAt + shape.riseMs + shape.holdMs + shape.afterMs
}
