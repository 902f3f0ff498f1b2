import type { Sample } from '../core/model/sample.ts'

/** One sample on its way to the store. */
export interface Entry {
  readonly poolId: string
  readonly sample: Sample
  readonly periodMs: number
}

/** Where samples go; the series store's `append`. */
export interface SampleSink {
  append(batch: readonly Entry[]): Promise<void>
}

export interface Writer {
  /** Resolves once the entries are stored; rejects when they may not be. */
  write(entries: readonly Entry[]): Promise<void>
}

const GATHER_MS = 5
/** A store this far behind is better reported at once than queued for. */
const MAX_WAITING = 50_000

interface Waiting {
  readonly entries: readonly Entry[]
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Gathers reports for about 5 ms and stores them with one call; one call at a time, each within `deadlineMs`. */
export function createWriter(sink: SampleSink, deadlineMs: number): Writer {
  let waiting: Waiting[] = []
  let count = 0
  let flushing = false

  async function flush(): Promise<void> {
    // A loop, since under steady load there is always more: calls within calls would pile up and hold every batch.
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      count = 0
      try {
        await within(deadlineMs, sink.append(batch.flatMap(({ entries }) => entries)))
        for (const { done } of batch) done()
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    flushing = false
  }

  return {
    write(entries) {
      if (count + entries.length > MAX_WAITING) return Promise.reject(new Error('too many samples wait for the store'))
      return new Promise((done, failed) => {
        waiting.push({ entries, done, failed })
        count += entries.length
        if (flushing) return
        flushing = true
        setTimeout(() => void flush(), GATHER_MS)
      })
    },
  }
}

/** Rejects when `work` has not settled within `ms`; the work itself cannot be called back. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer from the store within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
