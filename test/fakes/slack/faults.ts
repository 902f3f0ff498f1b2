/** What goes wrong at Slack, on demand. */
export interface Fault {
  /** Name of the method, e.g. `chat.postMessage`, or `upload`, `response_url`. */
  readonly method: string
  /** Only calls about this channel. */
  readonly channel?: string
  /**
   * `rateLimit`: 429 with `Retry-After`; `lost`: done, and the answer never arrives; `cut`: not done, no answer;
   * `down`: 503; `error`: not done, answered with `error`; `slow`: answered after `ms`; `page`: not done, and a page with 200.
   */
  readonly kind: 'rateLimit' | 'lost' | 'cut' | 'down' | 'error' | 'slow' | 'page'
  readonly retryAfterS?: number
  readonly error?: string
  readonly ms?: number
  /** How often; once unless given. */
  readonly times?: number
}

/** The faults that wait to happen, oldest first. */
export interface Faults {
  add(fault: Fault): void
  /** The next fault for this call, which uses it up; null: all is well. */
  take(method: string, channel: string | null): Fault | null
  clear(): void
  /** How many did happen, by method. */
  readonly happened: ReadonlyMap<string, number>
}

export function createFaults(): Faults {
  let waiting: { readonly fault: Fault; left: number }[] = []
  const happened = new Map<string, number>()
  return {
    happened,
    add: (fault) => void waiting.push({ fault, left: fault.times ?? 1 }),
    take: (method, channel) => {
      const entry = waiting.find(
        ({ fault }) => fault.method === method && (fault.channel === undefined || fault.channel === channel),
      )
      if (entry === undefined) return null
      entry.left--
      if (entry.left <= 0) waiting = waiting.filter((other) => other !== entry)
      happened.set(method, (happened.get(method) ?? 0) + 1)
      return entry.fault
    },
    clear: () => {
      waiting = []
    },
  }
}
