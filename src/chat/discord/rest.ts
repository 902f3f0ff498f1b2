import { REST, type RESTOptions } from 'discord.js'

/** A longer wait than this is for the sender to plan with, ms. */
const LONGEST_WAIT_MS = 1000

/** Deadlines and patience of every call; `apiUrl` null: Discord's own. */
export function restOptions(apiUrl: string | null): Partial<RESTOptions> {
  return {
    ...(apiUrl === null ? {} : { api: apiUrl }),
    timeout: 10_000,
    retries: 2,
    // A bucket that is empty holds up its own channel alone, and not even that for long.
    rejectOnRateLimit: ({ retryAfter, timeToReset, sublimitTimeout }) =>
      Math.max(retryAfter, timeToReset, sublimitTimeout) > LONGEST_WAIT_MS,
  }
}

/** Calls to Discord that need no gateway, so that cards are posted while it is away. */
export function createRest(token: string, apiUrl: string | null): REST {
  return new REST(restOptions(apiUrl)).setToken(token)
}
