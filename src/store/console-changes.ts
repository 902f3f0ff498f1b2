import type { Redis } from 'ioredis'
import type { ConsoleMessage, ConsolePage } from '../core/model/message.ts'

const RETRY_MS = 250

/**
 * Follows a channel: Redis pub/sub wakes it at once, a poll every `pollMs` finds what a lost connection hid; both read
 * from the cursor, so nothing is sent twice or out of order. Resolves to a stop once the present cursor is known.
 */
export async function followChanges(options: {
  readonly redis: Redis
  readonly event: string
  readonly after: (cursor: number) => Promise<ConsolePage>
  readonly listener: (messages: readonly ConsoleMessage[]) => void
  readonly pollMs: number
}): Promise<() => Promise<void>> {
  let { cursor } = await options.after(0)
  let stopped = false
  let reading: Promise<void> | null = null
  let again = false
  let retry: NodeJS.Timeout | undefined

  async function read(): Promise<void> {
    again = false
    const page = await options.after(cursor)
    cursor = page.cursor
    if (page.messages.length > 0 && !stopped) options.listener(page.messages)
  }

  function wake(): void {
    if (stopped) return
    clearTimeout(retry)
    if (reading !== null) {
      again = true
      return
    }
    reading = read()
      // Redis is away or late: from the same cursor again soon.
      .catch(() => void (retry = setTimeout(wake, RETRY_MS)))
      .finally(() => {
        reading = null
        if (again) wake()
      })
  }

  // A subscribed connection can do nothing else, so it is its own; it retries for as long as the main one would.
  const subscriber = options.redis.duplicate({ autoResubscribe: false, maxRetriesPerRequest: null })
  subscriber.on('message', wake)
  subscriber.on('ready', () => {
    // Not taken in time on a busy host: a new connection tries again.
    void subscriber.subscribe(options.event).then(wake, () => subscriber.disconnect(!stopped))
  })
  // The main connection reports outages; an unhandled error event would end the process.
  subscriber.on('error', () => undefined)
  if (subscriber.status === 'wait') void subscriber.connect().catch(() => undefined)
  const timer = setInterval(wake, options.pollMs)

  return async () => {
    stopped = true
    clearInterval(timer)
    clearTimeout(retry)
    subscriber.disconnect()
    await reading
  }
}
