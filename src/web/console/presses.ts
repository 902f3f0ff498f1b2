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
