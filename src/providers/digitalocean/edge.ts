import type { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { Access } from '../cloud.ts'
import { clientFor, type Client } from './client.ts'
import { transportInTime } from './in-time.ts'
import { passGate, rest, stopped } from './rate-limit.ts'
import { errorOf, maybeDone, refusalOf, unknownAnswer, type Refusal } from './refusal.ts'

/** One call to DigitalOcean. */
export interface Ask<T> {
  /** Completes "DigitalOcean did not …", e.g. `list the droplets`. */
  readonly what: string
  /** What the token must be allowed, e.g. `droplet:read`. */
  readonly scope: string
  /** Sending it twice does no harm, so it may be sent again when no answer came. */
  readonly repeatable: boolean
  readonly answer: z.ZodType<T>
  /** Called right before each try, after any wait; what it throws ends the call, and nothing is sent. */
  readonly before?: (() => Promise<void>) | undefined
  send(client: Client): Promise<{ readonly data: unknown }>
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal; readonly error: SpinupError }

/** How patient calls are; ms. */
export interface EdgeTiming {
  /** One try's deadline, the whole answer included. */
  readonly deadlineMs: number
  /** Tries of a repeatable call, and of any that was turned away by the request limit. */
  readonly attempts: number
  /** Before the second try, at most; doubles with each. */
  readonly retryMs: number
  /** No wait, asked for or our own, is longer: what needs longer fails, and is tried again by the operation. */
  readonly longestWaitMs: number
}

export const DEFAULT_EDGE_TIMING: EdgeTiming = {
  deadlineMs: 15_000,
  attempts: 4,
  retryMs: 400,
  longestWaitMs: 20_000,
}

export interface EdgeOptions extends Access {
  /** e.g. `https://api.digitalocean.com/v2`. */
  readonly apiUrl: string
  readonly timing?: Partial<EdgeTiming> | undefined
}

/**
 * The only way to DigitalOcean: limits, deadlines and retries, and no vendor error gets past it (they hold the token).
 * Refusals come as `SpinupError` with a message fit for chat and no cause: `providerRefused` where waiting helps,
 * `providerFailed` otherwise.
 */
export interface Edge {
  /** What came of it, refusals as values. */
  attempt<T>(ask: Ask<T>): Promise<Outcome<T>>
  /** The answer; throws on any refusal. */
  ask<T>(ask: Ask<T>): Promise<T>
  /** The answer, or null for 404. */
  find<T>(ask: Ask<T>): Promise<T | null>
  /** Says in the log, once for each sort, that entries of a list could not be read: where each is wrong. */
  leftOut(what: string, odd: readonly string[]): void
}

export function createEdge(options: EdgeOptions): Edge {
  const timing: EdgeTiming = { ...DEFAULT_EDGE_TIMING, ...options.timing }
  const { log, now, signal } = options

  /** One try; what comes out of here is plain. */
  async function tryOnce(
    ask: Ask<unknown>,
    token: string,
    lookedAt: number,
  ): Promise<{ readonly data: unknown } | Refusal> {
    // Not `AbortSignal.any` with the bot's: a long-lived signal gathers one dependant per call.
    const deadline = new AbortController()
    const abort = (): void => deadline.abort()
    const timer = setTimeout(abort, timing.deadlineMs)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const client = clientFor({
        apiUrl: options.apiUrl,
        token,
        deadlineMs: timing.deadlineMs,
        signal: deadline.signal,
        transport: ask.before === undefined ? undefined : transportInTime(lookedAt),
      })
      const { data } = await ask.send(client)
      return { data }
    } catch (thrown) {
      return refusalOf(thrown, { token, now: now() })
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  /** How long to wait before another try; null: there shall be none. */
  function pauseBefore(ask: Ask<unknown>, refusal: Refusal, tries: number): number | null {
    const again = refusal.kind === 'rate' || (maybeDone(refusal) && ask.repeatable)
    if (!again || tries >= timing.attempts || signal?.aborted === true) return null
    const own = Math.random() * timing.retryMs * 2 ** (tries - 1)
    const wait = refusal.waitMs === null ? own : refusal.waitMs + Math.random() * Math.min(250, timing.retryMs)
    return wait > timing.longestWaitMs ? null : wait
  }

  async function attempt<T>(ask: Ask<T>): Promise<Outcome<T>> {
    let rejected: string | null = null
    for (let tries = 1; ; tries++) {
      if (signal?.aborted === true) throw stopped()
      await passGate(options.limiter, timing.longestWaitMs, signal)
      const token = await options.token()
      const lookedAt = performance.now()
      await ask.before?.()
      const answer = await tryOnce(ask, token, lookedAt)
      if ('data' in answer) return { ok: true, value: parsed(ask, answer.data) }

      const { kind, status, requestId } = answer
      log.debug({ call: ask.what, status, kind, requestId, tries }, 'DigitalOcean refused')
      if (kind === 'rate' && answer.waitMs !== null) await options.limiter.hold(answer.waitMs)
      // Another bot may have renewed the token while this call was on its way.
      if (kind === 'unauthorised' && rejected === null && (await options.token()) !== token) {
        rejected = token
        continue
      }
      const pause = pauseBefore(ask, answer, tries)
      if (pause === null) return { ok: false, refusal: answer, error: errorOf(answer, ask.what, ask.scope) }
      await rest(pause, signal)
    }
  }

  async function ask<T>(wanted: Ask<T>): Promise<T> {
    const outcome = await attempt(wanted)
    if (outcome.ok) return outcome.value
    throw outcome.error
  }

  async function find<T>(wanted: Ask<T>): Promise<T | null> {
    const outcome = await attempt(wanted)
    if (outcome.ok) return outcome.value
    if (outcome.refusal.kind === 'absent') return null
    throw outcome.error
  }

  const said = new Set<string>()
  function leftOut(what: string, odd: readonly string[]): void {
    const sort = `${what}: ${[...new Set(odd)].toSorted().join(', ')}`
    if (odd.length === 0 || said.has(sort)) return
    said.add(sort)
    log.warn({ call: what, entries: odd.length, wrong: odd.slice(0, 5) }, 'entries that cannot be read are left out')
  }

  return { attempt, ask, find, leftOut }
}

function parsed<T>(ask: Ask<T>, data: unknown): T {
  const answer = ask.answer.safeParse(data)
  if (answer.success) return answer.data
  throw unknownAnswer(
    ask.what,
    answer.error.issues.slice(0, 3).map((issue) => issue.path.map(String).join('.') || 'the whole'),
  )
}
