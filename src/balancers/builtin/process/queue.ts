/** Requests that wait for a member to become available. */
export interface Queue {
  /** Calls `resume` at the next `wake`, or `expire` at `deadline` (as `now`); null: full. Answers a way to leave. */
  wait(deadline: number, resume: () => void, expire: () => void): (() => void) | null
  /** Lets everyone try again, first come first. */
  wake(): void
  size(): number
}

interface Waiter {
  readonly deadline: number
  readonly resume: () => void
  readonly expire: () => void
}

/** A bounded queue of at most `limit`; `now` in ms, monotonic. */
export function createQueue(options: { readonly now: () => number; readonly limit: number }): Queue {
  const waiters = new Set<Waiter>()
  let timer: NodeJS.Timeout | null = null

  // Deadlines are not in order (a request that waits again keeps its first one), so each is looked at.
  const sweep = () => {
    const at = options.now()
    for (const waiter of waiters) {
      if (waiter.deadline > at) continue
      waiters.delete(waiter)
      waiter.expire()
    }
    rest()
  }
  const rest = () => {
    if (waiters.size > 0 && timer === null) timer = setInterval(sweep, 100)
    if (waiters.size === 0 && timer !== null) {
      clearInterval(timer)
      timer = null
    }
  }

  return {
    wait(deadline, resume, expire) {
      if (waiters.size >= options.limit) return null
      const waiter = { deadline, resume, expire }
      waiters.add(waiter)
      rest()
      return () => {
        waiters.delete(waiter)
        rest()
      }
    },
    wake() {
      const all = [...waiters]
      waiters.clear()
      for (const waiter of all) waiter.resume()
      rest()
    },
    size: () => waiters.size,
  }
}
