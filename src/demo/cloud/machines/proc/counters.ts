/** The running totals behind a droplet's proc files. CPU times are µs of the droplet's own (fractional) vCPU. */
export interface Counters {
  readonly userUs: number
  readonly idleUs: number
  /** Spare share during which it was ready but the busy host gave it no CPU. */
  readonly stealUs: number
  /** Use above the share that idle has not been shortened by yet. */
  readonly owedUs: number
  readonly stoppedUs: number
  /** Runnable tasks, damped over 1, 5 and 15 minutes. */
  readonly load: readonly [number, number, number]
  /** Share of time stopped, damped over 10, 60 and 300 s; 0 to 1. */
  readonly pressure: readonly [number, number, number]
}

/** What happened since the last count. */
export interface Elapsed {
  readonly elapsedUs: number
  readonly usedUs: number
  readonly stoppedUs: number
  /** Summed over threads. */
  readonly waitedUs: number
  readonly vcpus: number
}

export const NO_COUNTERS: Counters = {
  userUs: 0,
  idleUs: 0,
  stealUs: 0,
  owedUs: 0,
  stoppedUs: 0,
  load: [0, 0, 0],
  pressure: [0, 0, 0],
}

/** An overrun is made good by the idle time of so much later time at most; boot's free seconds are not. */
const OWED_AT_MOST_US = 500_000

type Three = readonly [number, number, number]

function damp(values: Three, now: number, elapsedUs: number, spansS: Three): Three {
  const one = (index: 0 | 1 | 2): number => {
    const keep = Math.exp(-elapsedUs / (spansS[index] * 1e6))
    return values[index] * keep + now * (1 - keep)
  }
  return [one(0), one(1), one(2)]
}

/**
 * Counts one interval in: idle is what the quota allowed and the droplet neither used nor waited for without getting it. A droplet stopped by its quota
 * wanted to run all that time, so it counts as one runnable task; else it is as loaded as its share is used.
 */
export function advance(counters: Counters, step: Elapsed): Counters {
  if (step.elapsedUs <= 0) return counters
  const shareUs = step.elapsedUs * step.vcpus
  const spareUs = shareUs - step.usedUs - counters.owedUs
  // Waiting is time of the host's clock, in which the droplet's own CPU could have done its share of it.
  const stealUs = Math.min(Math.max(0, spareUs), step.waitedUs * step.vcpus)
  const stopped = Math.min(1, step.stoppedUs / step.elapsedUs)
  const used = Math.min(1, (step.usedUs + stealUs) / shareUs)
  const runnable = Math.max(used, stopped + (step.usedUs + stealUs) / step.elapsedUs)
  return {
    userUs: counters.userUs + step.usedUs,
    idleUs: counters.idleUs + Math.max(0, spareUs) - stealUs,
    stealUs: counters.stealUs + stealUs,
    owedUs: Math.min(OWED_AT_MOST_US * step.vcpus, Math.max(0, -spareUs)),
    stoppedUs: counters.stoppedUs + step.stoppedUs,
    load: damp(counters.load, runnable, step.elapsedUs, [60, 300, 900]),
    pressure: damp(counters.pressure, stopped, step.elapsedUs, [10, 60, 300]),
  }
}
