/** Pages are made one at a time, with the loop let go between two of them. */
export interface Pages {
  /** Calls `make` when its turn comes, unless `wanted` has become false; false: the queue is full. */
  add(make: () => void, wanted: () => boolean): boolean
  depth(): number
  /** Mean time a page took since this was last asked, ms; null: none was made. */
  takeMeanMs(): number | null
}

/**
 * A first-come queue of at most `limit` pages. Between pages the loop runs, so a health check is answered after one page,
 * not after all that wait: an overloaded server is slow, not dead.
 */
export function createPages(limit: number): Pages {
  const waiting: { readonly make: () => void; readonly wanted: () => boolean }[] = []
  let head = 0
  let running = false
  let spentMs = 0
  let made = 0

  const step = () => {
    const next = waiting[head]
    if (next === undefined) {
      waiting.length = 0
      head = 0
      running = false
      return
    }
    head += 1
    // Shifting one by one would move a long queue for each page.
    if (head > 1024) head -= waiting.splice(0, head).length
    // A visitor who left the page is not worth 4 ms of everybody else's time.
    if (next.wanted()) {
      const startedAt = performance.now()
      next.make()
      spentMs += performance.now() - startedAt
      made += 1
    }
    setImmediate(step)
  }

  return {
    add(make, wanted) {
      if (waiting.length - head >= limit) return false
      waiting.push({ make, wanted })
      if (!running) {
        running = true
        setImmediate(step)
      }
      return true
    },
    depth: () => waiting.length - head,
    takeMeanMs() {
      if (made === 0) return null
      const mean = spentMs / made
      spentMs = 0
      made = 0
      return mean
    },
  }
}
