import type { ReportSample } from '../../src/core/model/report.ts'
import { cpuBetween, psiBetween, stealBetween, type Reading } from './cpu.ts'
import { BUSY_PERIOD_MS, nextPeriod, pressure, REST_PERIOD_MS } from './pace.ts'

/** Between samples the host is read this often; a read costs some ten microseconds. */
const PEEK_MS = 1_000
/** A peek that shows part of a jump is followed by another this soon, so a jump is seen within a second. */
const SECOND_LOOK_MS = 250
const JUMP = 0.1
/** Timers fire a little early or late; a sample is not put off by a whole peek for that. */
const SLACK_MS = 30
/** Counters that stand still for longer keep the rest of a sample back no more. */
const PATIENCE_MS = 2_000
/** News alone (a new stat, a doubled one) makes no samples closer together than this. */
const NEWS_GAP_MS = 900

/** What sampling remembers: `readings[0]` is where the last sample ended, the rest are the peeks since. */
export interface Rhythm {
  readonly periodMs: number
  readonly readings: readonly [Reading, ...Reading[]]
  readonly lastCpu: number
  /** Whether the first sample, which waits for no period, has been taken. */
  readonly started: boolean
}

export interface Step {
  readonly rhythm: Rhythm
  /** Samples that fell due, oldest first. */
  readonly samples: readonly ReportSample[]
  /** Read the host again after this many ms. */
  readonly wakeMs: number
}

/** Sampling from a first reading on. */
export function beginRhythm(first: Reading): Rhythm {
  return { periodMs: REST_PERIOD_MS, readings: [first], lastCpu: 0, started: false }
}

/**
 * Takes in a reading and says which samples are due. A sample's cpu is the mean over the period now in force; after a
 * jump the quiet span before it becomes a sample of its own, so neither dilutes the other.
 */
export function step(rhythm: Rhythm, reading: Reading, news: boolean): Step {
  const [start] = rhythm.readings
  const last = rhythm.readings.at(-1) ?? start
  const cpu = cpuBetween(last, reading)
  const spanMs = reading.monoMs - last.monoMs
  if (spanMs <= 0 || (cpu === null && spanMs < PATIENCE_MS)) return { rhythm, samples: [], wakeMs: SECOND_LOOK_MS }

  const loud = cpu ?? rhythm.lastCpu
  const load = pressure(loud, { now: reading.memory, before: last.memory }, spanMs)
  const periodMs = nextPeriod(rhythm.periodMs, load, spanMs)
  const sinceMs = reading.monoMs - start.monoMs
  // Only part of the span may be loud: a second look tells how loud, before a sample evens it out.
  const unsure =
    rhythm.started && loud - rhythm.lastCpu >= JUMP && periodMs > BUSY_PERIOD_MS && spanMs > 2 * SECOND_LOOK_MS
  const due = !unsure && (!rhythm.started || sinceMs >= periodMs - SLACK_MS || (news && sinceMs >= NEWS_GAP_MS))
  if (due) {
    return {
      rhythm: { periodMs, readings: [reading], lastCpu: loud, started: true },
      samples: cut(rhythm.readings, reading, periodMs),
      wakeMs: Math.min(PEEK_MS, periodMs),
    }
  }
  return {
    rhythm: { ...rhythm, periodMs, readings: [...rhythm.readings, reading], lastCpu: loud },
    samples: [],
    wakeMs: unsure ? SECOND_LOOK_MS : Math.min(PEEK_MS, Math.max(SLACK_MS, periodMs - sinceMs)),
  }
}

/** One sample over everything since the last, or two when the period has become much shorter than that. */
function cut(before: readonly [Reading, ...Reading[]], end: Reading, periodMs: number): readonly ReportSample[] {
  const [start] = before
  const wanted = end.monoMs - periodMs
  let split = start
  for (const reading of before) {
    if (Math.abs(reading.monoMs - wanted) < Math.abs(split.monoMs - wanted)) split = reading
  }
  if (split.monoMs - start.monoMs < periodMs / 2) return [sampleOf(start, end)]
  return [sampleOf(start, split), sampleOf(split, end)]
}

function sampleOf(from: Reading, to: Reading): ReportSample {
  const stats: Record<string, number> = {}
  const cpu = cpuBetween(from, to)
  const psi = psiBetween(from, to)
  if (cpu !== null) stats['cpu'] = cpu
  if (to.memory !== null) stats['memory'] = to.memory
  if (to.load1 !== null) stats['load1'] = to.load1
  if (psi !== null) stats['psi'] = psi
  // A host whose CPU nobody ever took has nothing to tell of it.
  const steal = to.cpu.stolen > 0 ? stealBetween(from, to) : null
  if (steal !== null) stats['steal'] = steal
  return { at: to.at, stats }
}
