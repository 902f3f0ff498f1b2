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

/**
 * A broken expectation. `message` says what happened and what to do about it in words fit for a chat card;
 * `retryable` tells the operation runner whether trying again can help.
 */
export class SpinupError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  /** How long whoever refused wants to be left alone, ms; null: it did not say. */
  readonly retryAfterMs: number | null
  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean; readonly retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SpinupError'
    this.code = code
    this.retryAfterMs = options.retryAfterMs ?? null
    this.retryable = options.retryable ?? (code === 'unavailable' || code === 'timeout' || code === 'limited')
  }
}

/** The human sentence of anything thrown; never a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
