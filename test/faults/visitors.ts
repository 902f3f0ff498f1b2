import { setTimeout as pause } from 'node:timers/promises'

export interface Visitors {
  readonly sent: number
  /** What visitors saw go wrong, oldest first. */
  readonly failures: string[]
  stop(): Promise<void>
}

const AT_ONCE = 4
const REST_MS = 40
const DEADLINE_MS = 10_000
/** Of this many requests one takes long, so that whoever leaves has some in flight. */
const SLOW_EVERY = 8
const SLOW_MS = 900

/**
 * A few people who keep asking for pages, so that members always have requests in flight. `url`: where the front is now;
 * `page`: one that takes so long, ms.
 */
export function startVisitors(url: () => string, page = (ms: number) => `/page?ms=${ms}`): Visitors {
  const failures: string[] = []
  let sent = 0
  const stopping = new AbortController()

  async function visit(): Promise<void> {
    sent += 1
    const ms = sent % SLOW_EVERY === 0 ? SLOW_MS : 20 + (sent % 5) * 40
    try {
      const response = await fetch(url() + page(ms), { signal: AbortSignal.timeout(DEADLINE_MS) })
      await response.text()
      if (response.status !== 200) failures.push(`status ${response.status}`)
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      failures.push(cause instanceof Error ? cause.message : String(cause))
    }
  }
  async function person(): Promise<void> {
    while (!stopping.signal.aborted) {
      await visit()
      await pause(REST_MS)
    }
  }
  const people = Array.from({ length: AT_ONCE }, () => person())
  return {
    get sent() {
      return sent
    },
    failures,
    async stop() {
      stopping.abort()
      await Promise.all(people)
    },
  }
}
