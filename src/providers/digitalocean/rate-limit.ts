import { setTimeout as delay } from 'node:timers/promises'
import { SpinupError } from '../../core/model/error.ts'
import { duration } from '../../core/model/words.ts'

/** Keeps an account's requests within what DigitalOcean allows, over every bot that uses the account. */
export interface RateLimiter {
  /** 0: one request may go now, and is counted. Otherwise how long to wait before asking again, ms; nothing is counted. */
  take(): Promise<number>
  /** DigitalOcean said so: nobody may send for `ms`. */
  hold(ms: number): Promise<void>
}

export interface RateWindow {
  readonly limit: number
  readonly ms: number
}

/** What DigitalOcean allows an account: 250 requests a minute and 5,000 an hour. */
export const DIGITALOCEAN_LIMITS: readonly RateWindow[] = [
  { limit: 250, ms: 60_000 },
  { limit: 5000, ms: 3_600_000 },
]

/** A limiter of this process alone, for checks and one-off commands; bots share one through Redis. `now`: ms of a clock that nobody sets. */
export function createMemoryLimiter(
  now: () => number = () => performance.now(),
  windows: readonly RateWindow[] = DIGITALOCEAN_LIMITS,
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

/** Waits for a place; throws `providerRefused` when it would take longer than `longestMs`, or `signal` says stop. */
export async function passGate(
  limiter: RateLimiter,
  longestMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let left = longestMs
  for (;;) {
    const wait = await limiter.take()
    if (wait <= 0) return
    if (wait > left) {
      const words = `Spinup has used up the request limit of the DigitalOcean account for ${duration(wait)}; it goes on by itself.`
      throw new SpinupError('providerRefused', words, {
        retryAfterMs: wait,
        refusal: { kind: 'rate', words, instead: null },
      })
    }
    // Those who wait for the same place do not all come back at once.
    const pause = Math.ceil(wait + Math.random() * Math.min(50, wait))
    left -= pause
    await rest(pause, signal)
  }
}

/** A pause that ends with a retryable error when the bot stops. */
export async function rest(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal })
  } catch {
    throw stopped()
  }
}

/** What a call says that the stopping bot cut short. */
export function stopped(): SpinupError {
  return new SpinupError('providerFailed', 'The bot is stopping; it goes on with this when it is back.', {
    retryable: true,
  })
}
