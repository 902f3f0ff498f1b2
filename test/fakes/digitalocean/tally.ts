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

export function tallyOf(log: readonly Exchange[]): ApiTally {
  const asked = log.filter(({ path }) => path.startsWith('/v2/'))
  let [oldest, most] = [0, 0]
  for (const [newest, { at }] of asked.entries()) {
    while ((asked[oldest]?.at ?? at) <= at - MINUTE_MS) oldest += 1
    most = Math.max(most, newest - oldest + 1)
  }
  const left = asked.flatMap(({ responseHeaders }) => responseHeaders['ratelimit-remaining'] ?? []).map(Number)
  return {
    requests: asked.length,
    mostPerMinute: most,
    limitPerMinute: defaultLimits.perMinute,
    leastLeftOfHour: Math.min(defaultLimits.perHour, ...left),
    limitPerHour: defaultLimits.perHour,
    refused: asked.filter(({ status }) => status === 429).length,
  }
}
