import { setTimeout as delay } from 'node:timers/promises'
import { SpinupError } from '../../core/model/error.ts'
import { duration } from '../../core/model/words.ts'
import type { RateLimiter, RateWindow } from '../cloud.ts'

/** What DigitalOcean allows an account: 250 requests a minute and 5,000 an hour. */
export const DIGITALOCEAN_LIMITS: readonly RateWindow[] = [
  { limit: 250, ms: 60_000 },
  { limit: 5000, ms: 3_600_000 },
]

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
      const words = `Spinup has used up the request limit of the DigitalOcean account for ${duration(wait)}; it continues by itself.`
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
  return new SpinupError('providerFailed', 'The bot is stopping; it continues with this when it is back.', {
    retryable: true,
  })
}
