import type { ReportSample } from '../../src/core/model/report.ts'

/** Samples that follow each other; `seq` is the number of the first. */
export interface Batch {
  readonly seq: number
  readonly samples: readonly ReportSample[]
}

/** Samples not yet delivered, oldest first, numbered from 0 for the life of the agent. */
export interface SampleBuffer {
  push(sample: ReportSample): void
  /** The oldest samples that fit; null when there are none. They stay until `forget`. */
  peek(maxSamples: number, maxBytes: number): Batch | null
  /** Everything numbered below `nextSeq` has arrived. */
  forget(nextSeq: number): void
  /** Gives up samples numbered below `seq`; they count as dropped. */
  dropBelow(seq: number): void
  /** Gives up samples stamped before `at`, which the bot would refuse. */
  dropOlder(at: number): void
  /** Takes every stat but these out of the samples that wait. */
  keepOnly(stats: readonly string[]): void
  readonly size: number
  /** Dropped since the last that arrived: what a report tells the bot. */
  readonly dropped: number
  readonly droppedEver: number
}

interface Entry {
  readonly sample: ReportSample
  readonly bytes: number
}

/** A buffer that holds at most `maxSamples` and about `maxBytes` (as JSON), and drops the oldest beyond that. */
export function createSampleBuffer(limits: { readonly maxSamples: number; readonly maxBytes: number }): SampleBuffer {
  let entries: Entry[] = []
  let bytes = 0
  /** Number of `entries[0]`. */
  let head = 0
  let arrived = 0
  let droppedEver = 0

  function removeOldest(count: number): void {
    for (const entry of entries.splice(0, count)) {
      bytes -= entry.bytes
      head += 1
    }
  }

  function drop(count: number): void {
    const before = head
    removeOldest(count)
    droppedEver += head - before
  }

  return {
    push(sample) {
      const entry = entryOf(sample)
      entries.push(entry)
      bytes += entry.bytes
      while (entries.length > limits.maxSamples || (bytes > limits.maxBytes && entries.length > 1)) drop(1)
    },

    peek(maxSamples, maxBytes) {
      const samples: ReportSample[] = []
      let sum = 0
      for (const entry of entries) {
        sum += entry.bytes
        if (samples.length >= maxSamples || (sum > maxBytes && samples.length > 0)) break
        samples.push(entry.sample)
      }
      return samples.length === 0 ? null : { seq: head, samples }
    },

    forget(nextSeq) {
      arrived = Math.max(arrived, Math.min(nextSeq, head + entries.length))
      removeOldest(Math.max(0, arrived - head))
    },

    dropBelow: (seq) => drop(Math.max(0, seq - head)),

    dropOlder(at) {
      const fresh = entries.findIndex((entry) => entry.sample.at >= at)
      drop(fresh === -1 ? entries.length : fresh)
    },

    keepOnly(stats) {
      const kept = new Set(stats)
      entries = entries.map(({ sample }) =>
        entryOf({
          ...sample,
          stats: Object.fromEntries(Object.entries(sample.stats).filter(([name]) => kept.has(name))),
        }),
      )
      bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
    },

    get size() {
      return entries.length
    },
    get dropped() {
      // What was dropped while it was on its way, and then arrived after all, is not lost.
      return Math.max(0, head - arrived)
    },
    get droppedEver() {
      return droppedEver
    },
  }
}

function entryOf(sample: ReportSample): Entry {
  // One more for the comma.
  return { sample, bytes: Buffer.byteLength(JSON.stringify(sample)) + 1 }
}
