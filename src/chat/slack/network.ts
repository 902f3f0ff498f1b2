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

/** What came within `ms`; null: it takes longer. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Posts a message without previews of the links in it. Throws the SDK's errors. */
export function post(
  client: webApi.WebClient,
  message: webApi.ChatPostMessageArguments,
): Promise<webApi.ChatPostMessageResponse> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that rule means windows of a browser
  return client.chat.postMessage({ unfurl_links: false, unfurl_media: false, ...message })
}
