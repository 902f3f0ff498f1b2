import { html, render } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import type { ConsoleMessage, Live, Trails } from '../../core/model/message.ts'
import { icon } from './icons.ts'

/** The channel as the page knows it. */
export interface Messages {
  /** Adds or edits; false when it was known already. */
  put(message: ConsoleMessage): boolean
  /** In the order in which they came or changed last: what moves on is where one looks. */
  list(): readonly ConsoleMessage[]
  /** The change up to which everything is here. */
  cursor(): number
  reachedTo(cursor: number): void
}

export function createMessages(): Messages {
  const byId = new Map<string, ConsoleMessage>()
  let sorted: readonly ConsoleMessage[] | null = null
  let cursor = 0
  return {
    put(message) {
      cursor = Math.max(cursor, message.change)
      if ((byId.get(message.id)?.change ?? 0) >= message.change) return false
      byId.set(message.id, message)
      sorted = null
      return true
    },
    list: () => (sorted ??= [...byId.values()].toSorted((a, b) => a.change - b.change)),
    cursor: () => cursor,
    reachedTo(reached) {
      cursor = Math.max(cursor, reached)
    },
  }
}

/** Which buttons of which card are being pressed. */
export interface Presses {
  start(cardId: string, action: string): void
  /** Stays pressed until the card is edited, or a moment has passed. */
  done(cardId: string, action: string): void
  failed(cardId: string, action: string): void
  /** The card was edited: its buttons are new ones. */
  clear(cardId: string): void
  state(cardId: string, action: string): 'idle' | 'pending' | 'done'
  /** Changes whenever a state of the card does. */
  version(cardId: string): number
}

const DONE_MS = 1500

export function createPresses(changed: () => void): Presses {
  const cards = new Map<string, Map<string, 'pending' | 'done'>>()
  const versions = new Map<string, number>()
  function set(cardId: string, action: string, state: 'pending' | 'done' | null): void {
    const card = cards.get(cardId) ?? new Map<string, 'pending' | 'done'>()
    if (state === null) card.delete(action)
    else card.set(action, state)
    cards.set(cardId, card)
    versions.set(cardId, (versions.get(cardId) ?? 0) + 1)
    changed()
  }
  return {
    start: (cardId, action) => set(cardId, action, 'pending'),
    done(cardId, action) {
      set(cardId, action, 'done')
      setTimeout(() => cards.get(cardId)?.get(action) === 'done' && set(cardId, action, null), DONE_MS)
    },
    failed: (cardId, action) => set(cardId, action, null),
    clear(cardId) {
      cards.delete(cardId)
    },
    state: (cardId, action) => cards.get(cardId)?.get(action) ?? 'idle',
    version: (cardId) => versions.get(cardId) ?? 0,
  }
}

export interface Toasts {
  show(text: string, tone: 'good' | 'bad'): void
}

/** Short notes at the bottom; errors stay longer. */
export function createToasts(root: HTMLElement): Toasts {
  let toasts: readonly { readonly id: number; readonly text: string; readonly tone: string }[] = []
  let next = 0
  const draw = (): void => {
    render(
      repeat(
        toasts,
        ({ id }) => id,
        ({ id, text, tone }) =>
          html`<div class="toast tone-${tone}">
            ${icon(tone === 'good' ? 'check' : 'warn')}<span>${text}</span>
            <button type="button" class="icon-button" aria-label="Dismiss" @click=${() => drop(id)}>
              ${icon('cross')}
            </button>
          </div>`,
      ),
      root,
    )
  }
  const drop = (id: number): void => {
    toasts = toasts.filter((toast) => toast.id !== id)
    draw()
  }
  return {
    show(text, tone) {
      const id = next++
      toasts = [...toasts.slice(-2), { id, text, tone }]
      draw()
      setTimeout(() => drop(id), tone === 'bad' ? 9000 : 3000)
    },
  }
}

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
