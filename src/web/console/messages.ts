import { html, render } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import { isolated } from '../../core/model/clean.ts'
import type { ConsoleMessage, ConsolePage } from '../../core/model/message.ts'
import { icon } from './icons.ts'
import type { Place } from './stream.ts'

/** The channel as the page knows it. */
export interface Messages {
  /** Adds or edits; false when it was known already. */
  put(message: ConsoleMessage): boolean
  /** In the order in which they came or changed last: what moves on is where one looks. */
  list(): readonly ConsoleMessage[]
  /** How far everything is here. */
  place(): Place
  /** What follows is of this epoch; where all that is known is of another log it is let go of. */
  begin(log: Omit<ConsolePage, 'messages'>): void
  reachedTo(cursor: number): void
}

export function createMessages(): Messages {
  const byId = new Map<string, ConsoleMessage>()
  let sorted: readonly ConsoleMessage[] | null = null
  let cursor = 0
  let epoch = ''
  return {
    put(message) {
      cursor = Math.max(cursor, message.change)
      if ((byId.get(message.id)?.change ?? 0) >= message.change) return false
      byId.set(message.id, message)
      sorted = null
      return true
    },
    list: () => (sorted ??= [...byId.values()].toSorted((a, b) => a.change - b.change)),
    place: () => ({ epoch, cursor }),
    begin(log) {
      ;({ epoch } = log)
      if (!log.whole) return
      byId.clear()
      sorted = null
      cursor = 0
    },
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
  show(text: string, tone: 'good' | 'bad' | 'info'): void
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
            ${icon(tone === 'good' ? 'check' : tone === 'info' ? 'info' : 'warn')}<span>${isolated(text)}</span>
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
