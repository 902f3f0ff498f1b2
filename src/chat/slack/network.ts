import type { webApi } from '@slack/bolt'
import type { SdkLogger } from './sdk-logger.ts'

const DEADLINE_MS = 10_000

/** What Slack's clock showed last, against ours; null: it has not been received yet. */
export interface SlackClock {
  readonly aheadMs: number | null
}

/** How every client of the SDK behaves, and Slack's clock as their answers show it. */
export interface Network {
  readonly clientOptions: webApi.WebClientOptions
  readonly fetch: NonNullable<webApi.WebClientOptions['fetch']>
  readonly clock: SlackClock
}

/**
 * Each call has a deadline and is made once: the caller knows whether it may be repeated. A 429 is reported at once, as
 * the SDK would otherwise hold back every call of that client for as long.
 */
export function createNetwork(apiUrl: string | null, logger: SdkLogger, now: () => number): Network {
  const clock: { aheadMs: number | null } = { aheadMs: null }
  const call: Network['fetch'] = async (url, init) => {
    const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS), ...(init as RequestInit) })
    const date = Date.parse(response.headers.get('date') ?? '')
    // The header counts whole seconds.
    if (!Number.isNaN(date)) clock.aheadMs = date + 500 - now()
    return response
  }
  return {
    clock,
    fetch: call,
    clientOptions: {
      ...(apiUrl === null ? {} : { slackApiUrl: `${apiUrl}/` }),
      logger,
      fetch: call,
      timeout: DEADLINE_MS,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
    },
  }
}
