import type { ConsoleMessage, ConsolePage, Live, Trails } from '../../core/model/message.ts'
import type { PoolSamples } from '../../core/model/stats-page.ts'

/** What a page hears of the bot. */
export type News =
  /** Changes from here on are of this epoch; `whole`: what is known is of another log. */
  | { readonly kind: 'log'; readonly log: Omit<ConsolePage, 'messages'> }
  | { readonly kind: 'message'; readonly message: ConsoleMessage }
  | { readonly kind: 'live'; readonly live: readonly Live[] }
  | { readonly kind: 'trails'; readonly trails: Trails }
  | { readonly kind: 'samples'; readonly samples: readonly PoolSamples[] }
  | { readonly kind: 'alive' }
  | { readonly kind: 'connection'; readonly up: boolean }

/** How far the changes of an epoch are known. */
export interface Place {
  readonly epoch: string
  readonly cursor: number
}

export interface Stream {
  place(): Place
  close(): void
}

/** The server pings every 5 s; this long without a word means the line is dead even where the socket looks open. */
const SILENCE_MS = 13_000
const RETRY_MS = 1500

/** Follows the bot's events from `begin` on, with every sample where `samples`; what was missed is sent on reconnecting. */
export function openStream(begin: Place, tell: (news: News) => void, samples = false): Stream {
  let { epoch, cursor } = begin
  let source: EventSource | null = null
  let aliveAt = Date.now()
  let retry = 0

  function open(): void {
    source?.close()
    aliveAt = Date.now()
    const now = new EventSource(`/api/console/events?after=${epoch}.${cursor}${samples ? '&samples' : ''}`)
    source = now
    const on = (name: string, take: (data: unknown) => void): void =>
      now.addEventListener(name, (event) => {
        alive()
        take('data' in event && typeof event.data === 'string' ? JSON.parse(event.data) : null)
      })
    on('open', () => undefined)
    on('ping', () => tell({ kind: 'alive' }))
    // What follows comes from our own server, which types it.
    on('log', (data) => {
      const log = data as Omit<ConsolePage, 'messages'>
      if (log.whole) cursor = 0
      ;({ epoch } = log)
      tell({ kind: 'log', log })
    })
    on('message', (data) => {
      const message = data as ConsoleMessage
      cursor = Math.max(cursor, message.change)
      tell({ kind: 'message', message })
    })
    on('live', (data) => tell({ kind: 'live', live: data as readonly Live[] }))
    on('trails', (data) => tell({ kind: 'trails', trails: data as Trails }))
    on('samples', (data) => tell({ kind: 'samples', samples: data as readonly PoolSamples[] }))
    now.addEventListener('error', lost)
  }

  function alive(): void {
    aliveAt = Date.now()
    tell({ kind: 'connection', up: true })
  }

  // Not left to the browser's own retry, which gives up for good when the server answers with an error.
  function lost(): void {
    source?.close()
    tell({ kind: 'connection', up: false })
    clearTimeout(retry)
    retry = setTimeout(open, RETRY_MS)
  }

  const watch = setInterval(() => {
    if (source?.readyState !== EventSource.CLOSED && Date.now() - aliveAt > SILENCE_MS) lost()
  }, 2000)
  addEventListener('online', open)
  open()
  return {
    place: () => ({ epoch, cursor }),
    close() {
      clearInterval(watch)
      clearTimeout(retry)
      removeEventListener('online', open)
      source?.close()
    },
  }
}
