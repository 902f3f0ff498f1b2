/** Dynamic dormancy: how long the agent sleeps between samples, ms, at rest and under load. */
export const REST_PERIOD_MS = 10_000
export const BUSY_PERIOD_MS = 1_000

/** Loads at which the period leaves its longest and reaches its shortest. */
const REST_LOAD = 0.05
const BUSY_LOAD = 0.6
/** When the load falls, the period doubles in this time, so it takes about 17 s back to rest. */
const DOUBLING_MS = 5_000
/** Memory below this keeps no host awake: many sit at 70 % all their life. */
const HIGH_MEMORY = 0.9
/** Memory that grows by a tenth of the host in a second is a load of 1. */
const MEMORY_RISE_PER_SECOND = 0.1

/** The load (0 to 1) that sets the pace: CPU, or memory where it is nearly full or growing fast. */
export function pressure(
  cpu: number,
  memory: { readonly now: number | null; readonly before: number | null },
  spanMs: number,
): number {
  if (memory.now === null) return cpu
  const full = memory.now > HIGH_MEMORY ? memory.now : 0
  const rise = memory.before === null ? 0 : ((memory.now - memory.before) / spanMs) * 1000
  return Math.max(cpu, full, Math.min(1, rise / MEMORY_RISE_PER_SECOND))
}

/** The period a steady load asks for: equal ratios for equal steps of load, from 10 s down to 1 s. */
export function periodFor(load: number): number {
  const share = Math.min(1, Math.max(0, (load - REST_LOAD) / (BUSY_LOAD - REST_LOAD)))
  return REST_PERIOD_MS * (BUSY_PERIOD_MS / REST_PERIOD_MS) ** share
}

/** The period after `spanMs` of `load`: shorter at once, longer only step by step, so a pulse of load stays in view. */
export function nextPeriod(periodMs: number, load: number, spanMs: number): number {
  return Math.min(periodFor(load), periodMs * 2 ** (spanMs / DOUBLING_MS))
}
