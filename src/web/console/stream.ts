import type { Live, Trails } from '../../core/model/live.ts'
import type { ConsoleMessage } from '../../core/model/message.ts'

export interface StreamListener {
  message(message: ConsoleMessage): void
  live(live: readonly Live[]): void
  trails(trails: Trails): void
  connection(up: boolean): void
}

/** The server pings every 5 s; this long without a word means the line is dead even where the socket looks open. */
const SILENCE_MS = 13_000
const RETRY_MS = 1500

/** Follows the console's events from `cursor()` on, for the life of the page; what was missed is sent on reconnecting. */
export function followEvents(cursor: () => number, listener: StreamListener): void {
  let source: EventSource | null = null
  let aliveAt = Date.now()
  let retry = 0

  function open(): void {
    source?.close()
    aliveAt = Date.now()
    source = new EventSource(`/api/console/events?after=${cursor()}`)
    source.addEventListener('open', () => alive())
    source.addEventListener('ping', () => alive())
    source.addEventListener('message', (event) => {
      alive()
      listener.message(JSON.parse(String(event.data)) as ConsoleMessage)
    })
    source.addEventListener('live', (event) => {
      alive()
      listener.live(JSON.parse(String(event.data)) as readonly Live[])
    })
    source.addEventListener('trails', (event) => listener.trails(JSON.parse(String(event.data)) as Trails))
    source.addEventListener('error', () => lost())
  }

  function alive(): void {
    aliveAt = Date.now()
    listener.connection(true)
  }

  // Not left to the browser's own retry, which gives up for good when the server answers with an error.
  function lost(): void {
    source?.close()
    listener.connection(false)
    clearTimeout(retry)
    retry = setTimeout(open, RETRY_MS)
  }

  setInterval(() => {
    if (source?.readyState !== EventSource.CLOSED && Date.now() - aliveAt > SILENCE_MS) lost()
  }, 2000)
  addEventListener('online', open)
  open()
}
