const BUCKETS = 5
const CLASSES = 120
const RATIO = Math.log(1.12)

/** Answers over the last five seconds. */
export interface Window {
  /** Counts one answer that took `ms`. */
  record(ms: number): void
  /** Answers a second. */
  rps(): number
  /** 95th percentile, ms, to within 6 %; null when idle. */
  p95Ms(): number | null
}

/** A sliding window of one-second buckets with logarithmic latency classes; `now` in ms, monotonic. */
export function createWindow(now: () => number): Window {
  const bornAt = now()
  const buckets = Array.from({ length: BUCKETS }, () => ({ second: -1, count: 0, classes: new Uint32Array(CLASSES) }))

  const recent = () => {
    const oldest = Math.floor(now() / 1000) - BUCKETS + 1
    return buckets.filter((bucket) => bucket.second >= oldest)
  }

  return {
    record(ms) {
      const second = Math.floor(now() / 1000)
      const bucket = buckets[second % BUCKETS]!
      if (bucket.second !== second) {
        bucket.second = second
        bucket.count = 0
        bucket.classes.fill(0)
      }
      bucket.count += 1
      const index = Math.min(CLASSES - 1, ms <= 1 ? 0 : Math.ceil(Math.log(ms) / RATIO))
      bucket.classes[index]! += 1
    },
    rps() {
      const at = now()
      const from = Math.max(bornAt, (Math.floor(at / 1000) - BUCKETS + 1) * 1000)
      const count = recent().reduce((sum, bucket) => sum + bucket.count, 0)
      // Under a second of life would show one early answer as a rush.
      return count / Math.max(1, (at - from) / 1000)
    },
    p95Ms() {
      const held = recent()
      const count = held.reduce((sum, bucket) => sum + bucket.count, 0)
      if (count === 0) return null
      let left = Math.ceil(count * 0.95)
      for (let index = 0; index < CLASSES; index += 1) {
        for (const bucket of held) left -= bucket.classes[index]!
        if (left <= 0) return index === 0 ? 1 : Math.exp((index - 0.5) * RATIO)
      }
      return Math.exp(CLASSES * RATIO)
    },
  }
}
