import { STAT_NAME } from '../../src/core/model/sample.ts'

/** One StatsD metric. `times` is how many events the line stands for (1 / sample rate). */
export type Metric =
  | { readonly kind: 'gauge'; readonly name: string; readonly value: number; readonly relative: boolean }
  | { readonly kind: 'counter'; readonly name: string; readonly value: number; readonly times: number }
  | { readonly kind: 'timer'; readonly name: string; readonly ms: number; readonly times: number }

const LINE = /^([^:|@]+):([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\|(g|c|ms|h|d)((?:\|[@#].*)?)$/

/** One line of StatsD (gauge, counter, timer; tags are passed over) → a metric; null when it is none. */
export function parseStatsdLine(line: string): Metric | null {
  const match = LINE.exec(line)
  if (match === null) return null
  const [, name = '', text = '', type, rest = ''] = match
  const value = Number(text)
  if (!STAT_NAME.test(name) || !Number.isFinite(Math.fround(value))) return null
  // A signed gauge changes the last value; that is how StatsD spells it, so a gauge cannot be set below zero at once.
  if (type === 'g') return { kind: 'gauge', name, value, relative: /^[+-]/.test(text) }
  const rate = /\|@([^|]*)/.exec(rest)?.[1]
  const share = rate === undefined ? 1 : Number(rate)
  if (!(share > 0 && share <= 1)) return null
  if (type === 'c') return { kind: 'counter', name, value, times: 1 / share }
  return value < 0 ? null : { kind: 'timer', name, ms: value, times: 1 / share }
}

/** A datagram of lines → its metrics, and how many lines were none. */
export function parseStatsd(text: string): { readonly metrics: readonly Metric[]; readonly bad: number } {
  const metrics: Metric[] = []
  let bad = 0
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '') continue
    const metric = parseStatsdLine(line)
    if (metric === null) bad += 1
    else metrics.push(metric)
  }
  return { metrics, bad }
}
