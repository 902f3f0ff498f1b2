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
