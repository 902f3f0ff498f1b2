import type { ProviderRefusal } from './refusal.ts'

/** Stable machine-readable causes; a caller may switch on them, so they are never renamed. */
export type ErrorCode =
  | 'badInput'
  | 'unauthorised'
  | 'notFound'
  | 'conflict'
  | 'limited'
  | 'unavailable'
  | 'timeout'
  | 'configuration'
  | 'missingProgram'
  | 'providerFailed'
  | 'providerRefused'
  | 'balancerFailed'
  | 'storeFailed'
  | 'chatFailed'

const WAITS: ReadonlySet<ErrorCode> = new Set(['unavailable', 'timeout', 'limited', 'providerRefused'])

/**
 * A broken expectation. `message` says what happened and what to do about it in words fit for a chat card;
 * `retryable` tells the operation runner whether trying again can help.
 */
export class SpinupError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  /** How long the one that refused wants to be left alone, ms; null: it did not say. */
  readonly retryAfterMs: number | null
  /** Of `providerRefused`, which is always retryable: what the provider said no for; null: it did not. */
  readonly refusal: ProviderRefusal | null
  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly cause?: unknown
      readonly retryable?: boolean
      readonly retryAfterMs?: number | undefined
      readonly refusal?: ProviderRefusal
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SpinupError'
    this.code = code
    this.retryAfterMs = options.retryAfterMs ?? null
    this.refusal = options.refusal ?? null
    this.retryable = options.retryable ?? WAITS.has(code)
  }
}

/** The human sentence of anything thrown; never a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
