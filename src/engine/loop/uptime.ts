/**
 * How long this process has run without a break. One that was suspended, stopped or starved has received nothing meanwhile,
 * and finds its deadlines passed: what it saw and missed then tells nothing about anybody else.
 */
export interface Uptime {
  forMs(): number
}

/** Timers that come so much late mean a break; ms. */
const BREAK_MS = 1500
const BEAT_MS = 250

/** `breakMs`: what counts as one. */
export function createUptime(breakMs = BREAK_MS): Uptime {
  let since = performance.now()
  let last = since
  const beat = (): number => {
    const now = performance.now()
    if (now - last > breakMs) since = now
    last = now
    return now
  }
  setInterval(beat, Math.min(BEAT_MS, breakMs / 3)).unref()
  // The one that asks may be ahead of the timer.
  return { forMs: () => beat() - since }
}
