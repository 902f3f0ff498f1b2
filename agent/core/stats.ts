import { MAX_STATS, STAT_NAME, storedName, type Stats } from '../../src/core/model/sample.ts'
import { hashOf } from './stat-name.ts'
import type { Metric } from './statsd.ts'
import { cut } from '../../src/core/model/letters.ts'

/** Measured by the agent itself; nobody can report them. */
export const BUILT_IN: readonly string[] = ['cpu', 'memory', 'load1', 'psi', 'steal']

/** A reported value is repeated in samples for this long, then forgotten: its reporter may be gone. */
const KEPT_MS = 60_000
/** A set counts the different members of so long at least, so that it does not depend on how often samples are taken. */
const SET_MS = 10_000
/** Different members counted of one set; beyond, it stays at that. */
const MAX_MEMBERS = 10_000
/** Timer values kept per name and sample; beyond, a fair random choice of them stands for all. */
const MAX_TIMINGS = 512

export interface Refusal {
  readonly name: string
  readonly why: string
}

/** The stats programs on this host report, merged into the next sample. All `now` are monotonic ms. */
export interface StatsBook {
  /** Takes all of `values`, or none and says why. */
  report(values: Readonly<Record<string, unknown>>, now: number): readonly Refusal[]
  /** Why it was not taken; null: it was. */
  measure(metric: Metric, now: number): Refusal | null
  /** What the sample taken now carries: gauges, sets, counters as a rate per second, timers of the time since the last call. */
  take(now: number): Stats
  /** A stat that is new, or one that has doubled since: worth a sample at once. */
  hasNews(): boolean
  /** Stats kept under another name than they were reported by, since that one is the balancer's. */
  readonly renamed: Readonly<Record<string, string>>
  /** From now on only these names are taken; what the bot answers when this member has too many. */
  restrict(allowed: readonly string[]): void
}

interface Timings {
  readonly values: number[]
  seen: number
  times: number
}

/** A bounded book of reported stats; `random` (0 ≤ x < 1) chooses which timer values are kept when there are many. */
export function createStatsBook(random: () => number, startedAt: number): StatsBook {
  const names = new Set<string>()
  let open = true
  const gauges = new Map<string, { value: number; at: number }>()
  const counters = new Map<string, { sum: number; at: number }>()
  const timers = new Map<string, Timings>()
  /** When each member, by its hash, was seen last, and when any was. */
  const sets = new Map<string, { readonly members: Map<number, number>; at: number }>()
  const renamed: Record<string, string> = {}
  const sent = new Map<string, number>()
  let news = false
  let takenAt = startedAt

  function nameOf(name: string): string {
    const stored = storedName(name)
    if (stored !== name) renamed[name] = stored
    return stored
  }

  /** Why none of these can be taken; null: they are. Names count for the agent's whole life, as they do at the bot. */
  function admit(wanted: readonly string[]): Refusal | null {
    if (wanted.every((name) => names.has(name))) return null
    const [refusal] = refusalsOf(Object.fromEntries(wanted.map((name) => [name, 0])))
    if (refusal !== undefined) return refusal
    for (const name of wanted) names.add(name)
    return null
  }

  /** A name has one value: of two kinds of metric one would hide the other. */
  function clash(kind: Metric['kind'], wanted: readonly string[], now: number): Refusal | null {
    for (const [other, book] of Object.entries({ gauge: gauges, counter: counters, set: sets })) {
      const name = wanted.find((one) => now - (book.get(one)?.at ?? -Infinity) <= KEPT_MS)
      if (other !== kind && name !== undefined)
        return { name, why: `there is a ${other} of that name; give the ${kind} another` }
    }
    return null
  }

  function setGauge(name: string, value: number, now: number): void {
    gauges.set(name, { value, at: now })
    const before = sent.get(name)
    if (before === undefined || (value > 0 && value >= 2 * before)) news = true
  }

  function addTiming(name: string, { value, times }: Extract<Metric, { kind: 'timer' }>): void {
    const timer = timers.get(name) ?? { values: [], seen: 0, times: 0 }
    timers.set(name, timer)
    timer.seen += 1
    timer.times += times
    if (timer.values.length < MAX_TIMINGS) timer.values.push(value)
    else {
      const place = Math.floor(random() * timer.seen)
      if (place < MAX_TIMINGS) timer.values[place] = value
    }
    if (!sent.has(`${name}.p95`)) news = true
  }

  function refusalsOf(values: Readonly<Record<string, unknown>>): readonly Refusal[] {
    const refusals: Refusal[] = []
    let room = open ? MAX_STATS - BUILT_IN.length - names.size : 0
    for (const [name, value] of Object.entries(values)) {
      if (!STAT_NAME.test(name)) {
        const why = 'a name starts with a letter and has at most 64 letters, digits, "_", "." or "-"'
        refusals.push({ name: cut(name, 80), why })
      } else if (BUILT_IN.includes(name)) {
        refusals.push({ name, why: 'the agent measures this itself; choose another name' })
      } else if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) {
        refusals.push({
          name,
          why: 'the value must be a finite number, not quoted; a text that reads as one goes in a list',
        })
      } else if (!names.has(storedName(name)) && --room < 0) {
        refusals.push({ name, why: `there are ${names.size} stats already; reuse one of their names` })
      }
    }
    return refusals
  }

  return {
    report(values, now) {
      const bad = refusalsOf(values)
      const refusals =
        bad.length > 0 ? bad : Object.keys(values).flatMap((name) => clash('gauge', [storedName(name)], now) ?? [])
      if (refusals.length > 0) return refusals
      for (const [reported, value] of Object.entries(values)) {
        const name = nameOf(reported)
        names.add(name)
        setGauge(name, Number(value), now)
      }
      return []
    },

    measure(metric, now) {
      const name = metric.kind === 'timer' ? metric.name : nameOf(metric.name)
      const wanted = metric.kind === 'timer' ? timerNames(name) : [name]
      const refused = clash(metric.kind, wanted, now) ?? admit(wanted)
      if (refused !== null) return refused
      switch (metric.kind) {
        case 'gauge':
          // What a delta changes is the last value, however long ago it was set.
          setGauge(name, (metric.relative ? (gauges.get(name)?.value ?? 0) : 0) + metric.value, now)
          return null
        case 'counter': {
          const counter = counters.get(name)
          if (counter === undefined) news = true
          counters.set(name, { sum: (counter?.sum ?? 0) + metric.value * metric.times, at: now })
          return null
        }
        case 'set': {
          const { members } = sets.get(name) ?? { members: new Map<number, number>() }
          if (!sets.has(name)) news = true
          sets.set(name, { members, at: now })
          const hash = hashOf(metric.member)
          if (members.has(hash) || members.size < MAX_MEMBERS) members.set(hash, now)
          return null
        }
        case 'timer':
          addTiming(name, metric)
          return null
      }
    },

    take(now) {
      const stats: Record<string, number> = {}
      const seconds = Math.max(0.001, (now - takenAt) / 1000)
      for (const [name, gauge] of gauges) {
        if (now - gauge.at <= KEPT_MS) stats[name] = gauge.value
      }
      for (const [name, counter] of counters) {
        if (now - counter.at > KEPT_MS) counters.delete(name)
        else stats[name] = counter.sum / seconds
        counter.sum = 0
      }
      const since = Math.min(takenAt, now - SET_MS)
      for (const [name, { members, at: seenAt }] of sets) {
        for (const [hash, at] of members) if (at <= since) members.delete(hash)
        if (now - seenAt > KEPT_MS) sets.delete(name)
        else stats[name] = members.size
      }
      for (const [name, timer] of timers) summarise(name, timer, stats)
      timers.clear()
      takenAt = now
      news = false
      sent.clear()
      for (const [name, value] of Object.entries(stats)) {
        // Sums can leave the range of what the bot stores (float32), and would spoil the whole report.
        if (Number.isFinite(Math.fround(value))) sent.set(name, value)
        else delete stats[name]
      }
      return stats
    },

    hasNews: () => news,
    renamed,

    restrict(allowed) {
      open = false
      const kept = new Set(allowed)
      for (const name of names) {
        if (kept.has(name)) continue
        names.delete(name)
        gauges.delete(name)
        counters.delete(name)
        sets.delete(name)
      }
      for (const name of timers.keys()) {
        if (!timerNames(name).every((part) => kept.has(part))) timers.delete(name)
      }
      for (const name of allowed) if (!BUILT_IN.includes(name)) names.add(name)
    },
  }
}

function timerNames(name: string): readonly string[] {
  return [`${name}.p95`, `${name}.mean`, `${name}.count`]
}

function summarise(name: string, timer: Timings, into: Record<string, number>): void {
  const sorted = timer.values.toSorted((a, b) => a - b)
  into[`${name}.p95`] = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)] ?? 0
  into[`${name}.mean`] = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  into[`${name}.count`] = timer.times
}
