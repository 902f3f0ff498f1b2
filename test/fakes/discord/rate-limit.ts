export interface Pace {
  /** Requests that one bucket takes in `perMs`: a route of one channel, one webhook, or one application. */
  readonly requests: number
  readonly perMs: number
}

/** Nearly as Discord paces messages of one channel. */
export const REAL_PACE: Pace = { requests: 5, perMs: 5000 }

export interface Taken {
  readonly headers: Readonly<Record<string, string>>
  /** ms until the bucket has room; null: it was let in. */
  readonly waitMs: number | null
}

/** Buckets by method, route and the first id of the path, each emptied at once when its time is over. */
export function createRateLimit(pace: Pace, now: () => number): { take(bucket: string): Taken; refused(): number } {
  const buckets = new Map<string, { left: number; until: number }>()
  let refused = 0
  return {
    refused: () => refused,
    take(name) {
      const at = now()
      let bucket = buckets.get(name)
      if (bucket === undefined || bucket.until <= at) {
        bucket = { left: pace.requests, until: at + pace.perMs }
        buckets.set(name, bucket)
      }
      const resetMs = bucket.until - at
      const over = bucket.left === 0
      if (over) refused++
      else bucket.left--
      const headers = {
        'x-ratelimit-limit': String(pace.requests),
        'x-ratelimit-remaining': String(bucket.left),
        'x-ratelimit-reset': (bucket.until / 1000).toFixed(3),
        'x-ratelimit-reset-after': (resetMs / 1000).toFixed(3),
        'x-ratelimit-bucket': hashOf(name.replace(/ .*$/, '')),
      }
      return { headers, waitMs: over ? resetMs : null }
    },
  }
}

function hashOf(text: string): string {
  let hash = 7
  for (const char of text) hash = (hash * 31 + char.codePointAt(0)!) >>> 0
  return hash.toString(16).padStart(8, '0')
}
