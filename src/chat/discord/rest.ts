import { setTimeout as pause } from 'node:timers/promises'
import { DiscordAPIError, REST, type InternalRequest, type RESTOptions } from 'discord.js'
import { failing } from './failure.ts'

/** A longer wait than this is for the sender to plan with, ms. */
const LONGEST_WAIT_MS = 1000
const ONCE_MORE_MS = 500

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
  return new SteadyRest(restOptions(apiUrl)).setToken(token)
}

class SteadyRest extends REST {
  /** The SDK forgets a token that was refused once, and every later call would fail. */
  override setToken(token: string | null): this {
    return token === null ? this : super.setToken(token)
  }

  override async request(options: InternalRequest): Promise<unknown> {
    const answer = await super.request(options).catch(async (error: unknown) => {
      // Refused once is a hiccup of Discord's; nothing was done.
      if (!(error instanceof DiscordAPIError) || error.status !== 401 || options.auth === false) throw error
      await pause(ONCE_MORE_MS)
      return super.request(options)
    })
    // Discord answers in JSON or not at all: a page is from something in between.
    if (answer instanceof ArrayBuffer && answer.byteLength > 0) throw failing(200)
    return answer
  }
}
