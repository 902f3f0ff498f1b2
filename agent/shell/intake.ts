import type { Refusal, StatsBook } from '../core/stats.ts'
import { parseStatsd } from '../core/statsd.ts'
import type { TroubleKind } from '../core/troubles.ts'
import type { AgentLog } from './log.ts'
import { cut } from '../../src/core/model/letters.ts'

/** Where the programs of this host hand in their stats. */
export interface Intake {
  /** Takes all of `values`, or none and says why. */
  report(values: Readonly<Record<string, unknown>>): readonly Refusal[]
  /** Takes what it can of a datagram. */
  statsd(text: string): void
  /** StatsD lines so far; `refused` counts values that were understood and not taken. */
  readonly counts: { readonly lines: number; readonly bad: number; readonly refused: number; readonly ignored: number }
}

/** A datagram may be one line of 64 KB. */
const LONGEST_EXAMPLE = 100

/** Hands stats to the book, and tells of what was not taken and of what is kept under another name. */
export function createIntake(
  stats: StatsBook,
  options: {
    readonly log: AgentLog
    readonly note: (kind: TroubleKind, example: string, count?: number) => void
  },
): Intake {
  const { log, note } = options
  const counts = { lines: 0, bad: 0, refused: 0, ignored: 0 }
  const announced = new Set<string>()

  /** Each stat that is kept under another name is reported once. */
  function announceNames(): void {
    for (const [name, stored] of Object.entries(stats.renamed)) {
      if (announced.has(name)) continue
      announced.add(name)
      log.info({ stat: name }, `kept as ${stored}: ${name} is what the balancer measures`)
    }
  }

  return {
    report(values) {
      const refused = stats.report(values, performance.now())
      for (const { name, why } of refused) note('name', `${name}: ${why}`)
      announceNames()
      return refused
    },

    statsd(text) {
      const { metrics, lines, ignored, bad } = parseStatsd(text)
      counts.lines += lines
      counts.ignored += ignored
      counts.bad += bad.length
      const [example] = bad
      if (example !== undefined) note('statsd', JSON.stringify(cut(example, LONGEST_EXAMPLE)), bad.length)
      for (const metric of metrics) {
        const refusal = stats.measure(metric, performance.now())
        if (refusal === null) continue
        counts.refused += 1
        note('name', `${refusal.name}: ${refusal.why}`)
      }
      announceNames()
    },

    counts,
  }
}
