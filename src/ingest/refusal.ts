/** Why a request was not taken, ready to be answered. Nothing has changed when it is. */
export interface Refusal {
  readonly status: number
  /** Stable, for programs. */
  readonly code: string
  /** What happened and what to do, for people. */
  readonly message: string
  readonly retryAfterS?: number
  /** More fields of the answer, such as `nextSeq`. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Carries a refusal out of a hook or parser; never seen outside `src/ingest`. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.name = 'Refused'
    this.refusal = refusal
  }
}

export const TOO_LARGE = (maxBytes: number): Refusal => ({
  status: 413,
  code: 'tooLarge',
  message: `a report may have ${maxBytes} bytes once unpacked; send fewer samples at a time`,
})

export const UNAVAILABLE: Refusal = {
  status: 503,
  code: 'unavailable',
  message: 'Spinup cannot store reports right now; keep the samples and send them again',
  retryAfterS: 1,
}
