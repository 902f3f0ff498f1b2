import type { RateLimiter, RateWindow } from '../providers/cloud.ts'

/** A limiter of this process alone, for checks and one-off commands; bots share one through Redis. `now`: ms of a clock that nobody sets. */
export function createMemoryLimiter(
  windows: readonly RateWindow[],
  now: () => number = () => performance.now(),
): RateLimiter {
  const longest = Math.max(...windows.map((window) => window.ms))
  let taken: number[] = []
  let heldUntil = 0
  return {
    async take() {
      const at = now()
      taken = taken.filter((one) => one > at - longest)
      const waits = windows.map(({ limit, ms }) => {
        const oldest = taken.filter((one) => one > at - ms).at(-limit)
        return oldest === undefined ? 0 : oldest + ms - at
      })
      const wait = Math.max(heldUntil - at, 0, ...waits)
      if (wait === 0) taken.push(at)
      return wait
    },
    async hold(ms) {
      heldUntil = Math.max(heldUntil, now() + ms)
    },
  }
}
