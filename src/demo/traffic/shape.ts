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
  /** null: the crowd stays until `ease` is called. */
  readonly holdMs: number | null
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

/** What the crowd was made to do, ms from the start; null: not yet. */
export interface Turns {
  /** The link is posted: the jump begins. */
  readonly surgeAt: number | null
  /** Readers move on. */
  readonly easeAt: number | null
}

/** Visits a second at `ms` from the start. */
export function rateAt(shape: Shape, ms: number, turns: Turns): number {
  if (shape.kind === 'steady') return shape.rps
  const { quietRps, riseMs, decayMs } = shape
  const { surgeAt } = turns
  const excess = quietRps * (shape.peak - 1)
  if (surgeAt === null || ms < surgeAt) return quietRps
  if (ms < surgeAt + riseMs) return quietRps + (excess * (ms - surgeAt)) / riseMs
  const over = fallsAt(shape, surgeAt, turns)
  return over === null || ms < over ? quietRps + excess : quietRps + excess * Math.exp(-(ms - over) / decayMs)
}

/** When the crowd begins to leave; null: not before it is eased. */
function fallsAt({ riseMs, holdMs }: HackerNewsShape, surgeAt: number, { easeAt }: Turns): number | null {
  const held = holdMs === null ? Infinity : surgeAt + riseMs + holdMs
  const eased = easeAt === null || easeAt < surgeAt ? Infinity : Math.max(easeAt, surgeAt + riseMs)
  const at = Math.min(held, eased)
  return at === Infinity ? null : at
}

/** The highest rate it ever has. */
export function peakOf(shape: Shape): number {
  return shape.kind === 'steady' ? shape.rps : shape.quietRps * Math.max(1, shape.peak)
}

/** When it ends, ms from the start; null: it does not by itself. */
export function endOf(shape: Shape, turns: Turns): number | null {
  if (shape.kind === 'steady') return shape.forMs
  const over = turns.surgeAt === null ? null : fallsAt(shape, turns.surgeAt, turns)
  return over === null || shape.afterMs === null ? null : over + shape.afterMs
}

/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Arrivals of people who do not know of each other. */
export interface Arrivals {
  /** When the next one may come, ms from the start; always later than the one before. */
  next(): number
  /** Whether the one that may come now does, at this rate. */
  comes(rate: number): boolean
}

/**
 * A Poisson process of changing rate, by thinning: candidates come at `peakRps`, and each is taken with the probability
 * of the present rate. So the rate may change at any moment and the arrivals stay exact.
 */
export function createArrivals(peakRps: number, random: () => number): Arrivals {
  let at = 0
  return {
    next() {
      at += (-Math.log(1 - random()) / peakRps) * 1000
      return at
    },
    comes: (rate) => random() * peakRps < rate,
  }
}
