const WINDOW_MS = 5000
/** Readings closer together are not worth keeping. */
const APART_MS = 250

interface Reading {
  readonly atMs: number
  readonly count: number
}

/**
 * Makes a rate a second over the last five seconds of counts that only grow, by name; `nowMs` is monotonic. A name that is
 * seen for the first time, and one whose count began again, has none yet: null.
 */
export function createRates(
  nowMs: () => number,
): (counts: ReadonlyMap<string, number | null>) => ReadonlyMap<string, number | null> {
  let known: ReadonlyMap<string, readonly Reading[]> = new Map()

  return (counts) => {
    const atMs = nowMs()
    const [next, rates] = [new Map<string, readonly Reading[]>(), new Map<string, number | null>()]
    for (const [name, count] of counts) {
      const past = known.get(name) ?? []
      const begunAgain = count === null || past.some((reading) => reading.count > count)
      const held = begunAgain ? [] : recent(past, atMs)
      const first = held[0]
      // Under a second of knowledge would show one answer as a rush.
      const seconds = Math.max(1, (atMs - (first?.atMs ?? 0)) / 1000)
      rates.set(name, first === undefined || count === null ? null : (count - first.count) / seconds)
      const close = atMs - (held.at(-1)?.atMs ?? -Infinity) < APART_MS
      next.set(name, close || count === null ? held : [...held, { atMs, count }])
    }
    known = next
    return rates
  }
}

/** Those of the window and the one before it, which it begins with. */
function recent(readings: readonly Reading[], atMs: number): readonly Reading[] {
  const before = readings.findLastIndex((reading) => reading.atMs <= atMs - WINDOW_MS)
  return readings.slice(Math.max(0, before))
}
