/** What visitors ask of a pool over a stretch of time. */
export interface Demand {
  readonly name: string
  /** How long it goes on, seconds. */
  readonly seconds: number
  /** Epoch seconds at its start, so that hours of the day mean something. */
  readonly startsAt: number
  /** Requests a second wanted at `t` seconds from its start. */
  readonly rate: (t: number) => number
}

/** The same demand, `factor` times as large. */
export function scaled(demand: Demand, factor: number): Demand {
  return { ...demand, rate: (t) => demand.rate(t) * factor }
}

/** Only the first so many seconds. */
export function cut(demand: Demand, seconds: number): Demand {
  return { ...demand, seconds: Math.min(seconds, demand.seconds) }
}

/** A seeded source of chance: the same seed gives the same run. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform in [least, most). */
  between(least: number, most: number): number
  /** How many of events that come `mean` a step on average come in one step. */
  poisson(mean: number): number
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  function poisson(mean: number): number {
    // Past thirty a normal of the same mean and spread can hardly be distinguished from it, and costs the same for any mean.
    if (mean > 30) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal))
    }
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = next(); product > limit; product *= next()) count++
    return count
  }
  return { next, between: (least, most) => least + (most - least) * next(), poisson }
}
