import type { ConsoleMessage } from '../../core/model/message.ts'

/** The channel as the page knows it. */
export interface Messages {
  /** Adds or edits; false when it was known already. */
  put(message: ConsoleMessage): boolean
  /** In the order they first appeared. */
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
    list: () => (sorted ??= [...byId.values()].toSorted((a, b) => Number(a.id) - Number(b.id))),
    cursor: () => cursor,
    reachedTo(reached) {
      cursor = Math.max(cursor, reached)
    },
  }
}
