import { metricName } from './stat-name.ts'

/** One StatsD metric. `times` is how many events a value stands for (1 / sample rate). */
export type Metric =
  | { readonly kind: 'gauge'; readonly name: string; readonly value: number; readonly relative: boolean }
  | { readonly kind: 'counter'; readonly name: string; readonly value: number; readonly times: number }
  | { readonly kind: 'timer'; readonly name: string; readonly value: number; readonly times: number }
  | { readonly kind: 'set'; readonly name: string; readonly member: string }

/** What a line says; `ignored`: an event, a service check or a client's talk about itself, which are no stats. */
export type Line = { readonly kind: 'metrics'; readonly metrics: readonly Metric[] } | { readonly kind: 'ignored' }

/** What a datagram held. */
export interface Datagram {
  readonly metrics: readonly Metric[]
  readonly lines: number
  readonly ignored: number
  /** Lines not understood, as they came. */
  readonly bad: readonly string[]
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const KINDS: ReadonlyMap<string, Metric['kind']> = new Map([
  ['g', 'gauge'],
  ['c', 'counter'],
  ['ms', 'timer'],
  ['h', 'timer'],
  ['d', 'timer'],
  ['s', 'set'],
])
/** Datadog's clients report on themselves, some twenty names: they would take the place of a program's own stats. */
const CLIENT_TALK = 'datadog.dogstatsd.client.'

/**
 * One line of StatsD as clients send it today: `name:value[:value…]|type[|field…]`. Of the fields after the type only
 * the sample rate (`@0.1`) matters; tags, container ids, timestamps and whatever comes next are passed over. null: not
 * understood.
 */
export function parseStatsdLine(line: string): Line | null {
  if (line.startsWith('_e{') || line.startsWith('_sc|')) return { kind: 'ignored' }
  // Etsy's own way of packing: each value with a type, and a sample rate, of its own: `glork:320|ms:1|c|@0.1:2|g`. As many
  // as the line is long.
  const name = line.slice(0, line.indexOf(':') + 1)
  const packed = /([^|]*)\|([a-z]+)(\|@[\d.]+)?:/y
  const metrics: Metric[] = []
  let from = name.length
  for (;;) {
    packed.lastIndex = from
    const [, value, type, rate = ''] = packed.exec(line) ?? []
    const last = type === undefined || !KINDS.has(type)
    const read = parseAlone(last ? name + line.slice(from) : `${name}${value}|${type}${rate}`)
    if (read?.kind !== 'metrics') return read
    metrics.push(...read.metrics)
    if (last) return { kind: 'metrics', metrics }
    from = packed.lastIndex
  }
}

/** A line whose values have one type. */
function parseAlone(line: string): Line | null {
  const [head = '', type = '', ...fields] = line.split('|')
  const kind = KINDS.get(type)
  const colon = head.indexOf(':')
  const name = metricName(head.slice(0, Math.max(0, colon)))
  if (kind === undefined || name === null) return null
  if (name.startsWith(CLIENT_TALK)) return { kind: 'ignored' }
  const text = head.slice(colon + 1)
  // A set's member is any text, so a colon in it separates nothing.
  if (kind === 'set') return text === '' ? null : { kind: 'metrics', metrics: [{ kind, name, member: text }] }

  const times = timesOf(fields)
  const values = text.split(':')
  if (times === null || !values.every((value) => NUMBER.test(value) && Number.isFinite(Math.fround(Number(value)))))
    return null
  // Only a clock that was set back makes a timing negative; histograms and distributions may hold any number.
  if (type === 'ms' && values.some((value) => Number(value) < 0)) return null
  const metrics = values.map((value): Metric => {
    // A signed gauge changes the last value; that is how StatsD spells it, so a gauge cannot be set below zero at once.
    if (kind === 'gauge') return { kind, name, value: Number(value), relative: /^[+-]/.test(value) }
    return { kind, name, value: Number(value), times }
  })
  return { kind: 'metrics', metrics }
}

/** How many events a line's values stand for; null when its sample rate makes no sense. */
function timesOf(fields: readonly string[]): number | null {
  const rate = fields.find((field) => field.startsWith('@'))
  if (rate === undefined) return 1
  const share = Number(rate.slice(1))
  const times = 1 / share
  return share > 0 && share <= 1 && Number.isFinite(Math.fround(times)) ? times : null
}

/** A datagram of lines, however they end, with or without a NUL behind the last. */
export function parseStatsd(text: string): Datagram {
  const metrics: Metric[] = []
  const bad: string[] = []
  let [lines, ignored] = [0, 0]
  // oxlint-disable-next-line no-control-regex
  for (const raw of text.split(/[\r\n\u0000]+/)) {
    const line = raw.trim()
    if (line === '') continue
    lines += 1
    const read = parseStatsdLine(line)
    if (read === null) bad.push(line)
    else if (read.kind === 'ignored') ignored += 1
    else metrics.push(...read.metrics)
  }
  return { metrics, lines, ignored, bad }
}
