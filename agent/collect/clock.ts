/**
 * The agent's own clock: `at` is epoch ms as the host had it when the agent started, and goes on evenly from there, so
 * that a host whose clock is set later puts no two samples in the wrong order.
 */
export function steadyNow(): { readonly at: number; readonly monoMs: number } {
  const monoMs = performance.now()
  return { at: Math.round(performance.timeOrigin + monoMs), monoMs }
}

/** By how much the host's clock has been set ahead (below zero: back) since the agent started, ms. */
export function clockShift(): number {
  return Date.now() - steadyNow().at
}
