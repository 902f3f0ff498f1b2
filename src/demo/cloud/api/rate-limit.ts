import { ApiError } from './route.ts'
import { defaultLimits, type Limits } from './options.ts'
import type { Exchange } from './exchange.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

export interface RateLimit {
  /** Counts a request of `who`; the headers to answer with, or ApiError 429. `keyList`: it lists SSH keys. */
  take(who: string, keyList: boolean): Readonly<Record<string, string>>
}

/** Every request has its own timer, as the API document says; a refused one is not counted. */
export function createRateLimit(limits: Limits, now: () => number): RateLimit {
  const taken = new Map<string, { all: number[]; keyLists: number[] }>()
  return {
    take(who, keyList) {
      const at = now()
      const mine = taken.get(who) ?? { all: [], keyLists: [] }
      taken.set(who, mine)
      mine.all = mine.all.filter((one) => one > at - HOUR_MS)
      mine.keyLists = mine.keyLists.filter((one) => one > at - MINUTE_MS)
      const lately = mine.all.filter((one) => one > at - MINUTE_MS)
      const headers = (remaining: number): Record<string, string> => ({
        'ratelimit-limit': String(limits.perHour),
        'ratelimit-remaining': String(remaining),
        'ratelimit-reset': String(Math.ceil(((mine.all[0] ?? at) + HOUR_MS) / 1000)),
      })
      const wait = (oldest: number): string => String(Math.max(1, Math.ceil((oldest + MINUTE_MS - at) / 1000)))
      const burst = lately.length >= limits.perMinute ? lately[0] : undefined
      const keyBurst = keyList && mine.keyLists.length >= limits.keyListsPerMinute ? mine.keyLists[0] : undefined
      const oldest = burst ?? keyBurst
      if (oldest !== undefined) throw tooMany({ ...headers(0), 'retry-after': wait(oldest) })
      // Only the burst limit tells when to come back; of the hourly one there is just ratelimit-reset.
      if (mine.all.length >= limits.perHour) throw tooMany(headers(0))
      mine.all.push(at)
      if (keyList) mine.keyLists.push(at)
      return headers(limits.perHour - mine.all.length)
    },
  }
}

export function tooMany(headers: Readonly<Record<string, string>>): ApiError {
  return new ApiError(429, 'API Rate limit exceeded.', headers)
}

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
