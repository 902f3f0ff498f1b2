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
