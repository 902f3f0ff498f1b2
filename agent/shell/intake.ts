import type { Refusal, StatsBook } from '../core/stats.ts'
import { isText, textsIn, type TextBook } from '../core/texts.ts'
import { parseStatsd } from '../core/statsd.ts'
import type { TroubleKind } from '../core/troubles.ts'
import type { AgentLog } from './log.ts'
import { cut } from '../../src/core/model/letters.ts'

/** Where the programs of this host hand in their stats. */
export interface Intake {
  /** Takes all of `values`, numbers and texts, or none and says why. */
  report(values: Readonly<Record<string, unknown>>): readonly Refusal[]
  /** Takes what it can of a datagram. */
  statsd(text: string): void
  /** StatsD lines so far; `refused` counts values that were understood and not taken. */
  readonly counts: { readonly lines: number; readonly bad: number; readonly refused: number; readonly ignored: number }
}

/** A datagram may be one line of 64 KB. */
const LONGEST_EXAMPLE = 100

/** Hands numbers and texts to their books, and tells of what was not taken and of what is kept under another name. */
export function createIntake(
  stats: StatsBook,
  texts: TextBook,
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
      const all = Object.entries(values)
      const words = all.filter(([, value]) => isText(value))
      const badWords = texts.refusalsOf(Object.fromEntries(words))
      const numbers = Object.fromEntries(all.filter(([, value]) => !isText(value)))
      const refused = badWords.length > 0 ? badWords : stats.report(numbers, performance.now())
      if (refused.length === 0) {
        for (const [name, value] of words) if (isText(value)) for (const text of textsIn(value)) texts.count(name, text)
      }
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
        if (metric.kind === 'set') texts.count(metric.name, metric.member)
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
