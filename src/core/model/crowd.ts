/** Who has to leave when there are too many. */
export interface Crowd<T> {
  /** Comes in, with nothing asked for yet. Answers who has to leave for it, itself perhaps; null: nobody. */
  enter(one: T): T | null
  /** Whether it has asked for something and is being served. */
  serve(one: T, served: boolean): void
  leave(one: T): void
  isServed(one: T): boolean
}

/**
 * At most `most`. One that holds a place and asks for nothing leaves first, the one that has done so for the longest; one
 * that is served never does. So slow senders, however many, keep nobody out.
 */
export function createCrowd<T>(most: number): Crowd<T> {
  const idle = new Set<T>()
  const served = new Set<T>()
  return {
    enter(one) {
      idle.add(one)
      if (idle.size + served.size <= most) return null
      const [longest = one] = idle
      idle.delete(longest)
      return longest
    },
    serve(one, is) {
      // One that was sent away is no longer here.
      if (!idle.delete(one) && !served.delete(one)) return
      if (is) served.add(one)
      else idle.add(one)
    },
    leave(one) {
      idle.delete(one)
      served.delete(one)
    },
    isServed: (one) => served.has(one),
  }
}
