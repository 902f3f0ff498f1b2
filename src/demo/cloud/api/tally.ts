import type { Exchange } from './exchange.ts'
import { defaultLimits } from './options.ts'

/** How much of the API was used, and what was left of its limits. */
export interface ApiTally {
  /** Requests to `/v2`. */
  readonly requests: number
  /** In the busiest 60 s. */
  readonly mostPerMinute: number
  readonly limitPerMinute: number
  /** What the answers' `ratelimit-remaining` said at the lowest. */
  readonly leastLeftOfHour: number
  readonly limitPerHour: number
  /** Answered with 429. */
  readonly refused: number
}

const MINUTE_MS = 60_000

/** Counts exchanges as they come. */
export function createTally(): { see(exchange: Exchange): void; now(): ApiTally } {
  let lastMinute: number[] = []
  let [requests, mostPerMinute, refused] = [0, 0, 0]
  let leastLeftOfHour = defaultLimits.perHour
  return {
    see({ at, path, status, responseHeaders }) {
      if (!path.startsWith('/v2/')) return
      requests += 1
      lastMinute = [...lastMinute.filter((before) => before > at - MINUTE_MS), at]
      mostPerMinute = Math.max(mostPerMinute, lastMinute.length)
      leastLeftOfHour = Math.min(leastLeftOfHour, Number(responseHeaders['ratelimit-remaining'] ?? Infinity))
      if (status === 429) refused += 1
    },
    now: () => ({
      requests,
      mostPerMinute,
      limitPerMinute: defaultLimits.perMinute,
      leastLeftOfHour,
      limitPerHour: defaultLimits.perHour,
      refused,
    }),
  }
}
