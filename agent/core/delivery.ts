import { MAX_REPORT_SAMPLES } from '../../src/core/model/report.ts'

/** What came of sending a batch. The fields of an answer are null where it did not carry them. */
export type Outcome =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly code: string | null
      readonly message: string | null
      readonly nextSeq: number | null
      readonly allowed: readonly string[] | null
      readonly retryAfterMs: number | null
    }
  | { readonly kind: 'unreachable'; readonly message: string }

/** Where delivery stands. Times are monotonic ms. */
export interface Delivery {
  /** Failures in a row. */
  readonly failures: number
  /** Nothing is sent before this. */
  readonly notBefore: number
  /** What keeps samples from arriving, in words; null while all is well. */
  readonly problem: string | null
  readonly maxSamples: number
}

/** What to do with the batch that was sent. */
export type Settlement =
  | { readonly kind: 'keep' }
  | { readonly kind: 'forget'; readonly nextSeq: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'keepOnly'; readonly stats: readonly string[] }

export interface Verdict {
  readonly delivery: Delivery
  readonly settlement: Settlement
}

export const FRESH_DELIVERY: Delivery = { failures: 0, notBefore: 0, problem: null, maxSamples: MAX_REPORT_SAMPLES }

/** A bot that restarts must find its agents back within seconds, so plain failures never wait longer than this. */
const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 5_000
/** For answers that only a person can change. */
const SLOW_MS = 30_000
const RETRY_AFTER_MAX_MS = 300_000

/** Full-jitter exponential backoff, never under half its step, so that agents do not return all at once. */
export function backoffMs(failures: number, random: () => number): number {
  const step = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(10, failures - 1))
  return step / 2 + (step / 2) * random()
}

/** What follows from an outcome of sending `batch`: never a tight loop, and no batch is tried forever. */
export function afterSending(
  delivery: Delivery,
  batch: { readonly seq: number; readonly count: number },
  outcome: Outcome,
  now: number,
  random: () => number,
): Verdict {
  const failures = delivery.failures + 1
  const wait = (ms: number, problem: string, settlement: Settlement = { kind: 'keep' }): Verdict => ({
    delivery: { ...delivery, failures, notBefore: now + ms, problem },
    settlement,
  })
  const patience = backoffMs(failures, random)
  const slow = SLOW_MS * (0.9 + 0.2 * random())
  if (outcome.kind === 'unreachable') return wait(patience, outcome.message)

  const { status, nextSeq } = outcome
  const said = outcome.message ?? `the bot answered ${status}`
  const moved = nextSeq !== null && nextSeq > batch.seq
  if (status >= 200 && status < 300) {
    if (moved) return { delivery: FRESH_DELIVERY, settlement: { kind: 'forget', nextSeq } }
    return wait(patience, 'what answers at the url is not a Spinup bot; check `url` in the config file')
  }
  if (status >= 300 && status < 400) {
    return wait(slow, `the url answers with a redirect (${status}); put the address it leads to in the config file`)
  }
  switch (status) {
    case 409:
      // An answer that got lost: the bot has these samples already and says from where to go on.
      if (moved) return { delivery: FRESH_DELIVERY, settlement: { kind: 'forget', nextSeq } }
      // What was measured here is not the member's, so it must not arrive later, either.
      if (outcome.code === 'replaced') return wait(slow, said, { kind: 'drop' })
      return wait(patience, said)
    case 401:
    case 403:
    case 404:
    case 410:
      return wait(slow, `${status}: ${said}`)
    case 413: {
      if (batch.count === 1) return wait(patience, said, { kind: 'drop' })
      const smaller = wait(patience, said)
      return { ...smaller, delivery: { ...smaller.delivery, maxSamples: Math.ceil(batch.count / 2) } }
    }
    case 422:
      if (outcome.code === 'tooManyStats' && outcome.allowed !== null) {
        return wait(patience, said, { kind: 'keepOnly', stats: outcome.allowed })
      }
      return wait(patience, said, { kind: 'drop' })
    case 400:
      return wait(patience, said, { kind: 'drop' })
    case 429:
      return wait(Math.max(retryAfter(outcome.retryAfterMs ?? 1_000), patience), said)
    default:
      if (status >= 500) return wait(Math.max(retryAfter(outcome.retryAfterMs), patience), said)
      return wait(slow, `${status}: ${said}`)
  }
}

function retryAfter(ms: number | null): number {
  return Math.min(RETRY_AFTER_MAX_MS, ms ?? 0)
}
