import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Reading } from '../../agent/core/cpu.ts'
import { nextPeriod, periodFor, pressure } from '../../agent/core/pace.ts'
import { beginRhythm, step } from '../../agent/core/sampling.ts'
import type { ReportSample } from '../../src/core/model/report.ts'

/** CPU (0 to 1) at every instant of a test's timeline, ms from its start. */
type Load = (ms: number) => number

interface Taken extends ReportSample {
  readonly takenMs: number
  readonly periodMs: number
}

/** Runs the sampling over a host with `load`, waking exactly when asked, and collects what it samples. */
function play(
  load: Load,
  forMs: number,
  options: { memory?: Load; stolen?: Load; news?: (ms: number) => boolean } = {},
): Taken[] {
  const busyUntil = (ms: number): number => {
    let busy = 0
    for (let at = 0; at < ms; at += 10) busy += load(at) * 10
    return busy
  }
  const read = (ms: number): Reading => ({
    at: 1_000_000 + ms,
    monoMs: ms,
    cpu: { busy: busyUntil(ms), stolen: options.stolen?.(ms) ?? 0, total: ms, cores: 1 },
    memory: options.memory?.(ms) ?? 0.5,
    load1: null,
    stallUs: null,
    odd: [],
  })
  const taken: Taken[] = []
  let rhythm = beginRhythm(read(0))
  let ms = 150
  while (ms <= forMs) {
    const result = step(rhythm, read(ms), options.news?.(ms) ?? false)
    rhythm = result.rhythm
    for (const sample of result.samples) taken.push({ ...sample, takenMs: ms, periodMs: rhythm.periodMs })
    ms += Math.max(10, Math.round(result.wakeMs / 10) * 10)
  }
  return taken
}

const waves: Load = (ms) => Math.abs(Math.sin(ms / 7_000)) * (ms > 40_000 ? 1 : 0.1)

function halfBusy(monoMs: number, total: number): Reading {
  return {
    at: monoMs,
    monoMs,
    cpu: { busy: total / 2, stolen: 0, total, cores: 1 },
    memory: 0.5,
    load1: null,
    stallUs: null,
    odd: [],
  }
}

const gaps = (taken: readonly Taken[]): number[] =>
  taken.slice(1).map((sample, index) => sample.at - (taken[index]?.at ?? 0))

describe('agent pace', () => {
  it('falls smoothly from 10 s at rest to 1 s under load', () => {
    assert.equal(periodFor(0), 10_000)
    assert.ok(Math.abs(periodFor(0.6) - 1_000) < 1e-6)
    assert.ok(Math.abs(periodFor(1) - 1_000) < 1e-6)
    for (let load = 0.06; load < 0.6; load += 0.01) {
      const ratio = periodFor(load) / periodFor(load - 0.01)
      assert.ok(ratio < 1 && ratio > 0.9, `${load}: ${ratio}`)
    }
  })

  it('shortens at once and lengthens step by step', () => {
    assert.ok(Math.abs(nextPeriod(10_000, 1, 1_000) - 1_000) < 1e-6)
    const eased = nextPeriod(1_000, 0, 1_000)
    assert.ok(eased > 1_000 && eased < 1_300, String(eased))
  })

  it('is not kept awake by memory that is merely used', () => {
    assert.equal(pressure(0.02, { now: 0.7, before: 0.7 }, 1_000), 0.02)
    assert.equal(pressure(0.02, { now: 0.95, before: 0.95 }, 1_000), 0.95)
    assert.ok(pressure(0.02, { now: 0.5, before: 0.45 }, 1_000) > 0.4, 'memory that grows fast counts')
    assert.equal(pressure(0.02, { now: null, before: null }, 1_000), 0.02)
  })
})

describe('agent sampling', () => {
  it('takes its first sample after the first span, then rests 10 s between samples', () => {
    const taken = play(() => 0.01, 61_000)
    assert.equal(taken[0]?.takenMs, 150)
    assert.deepEqual(new Set(gaps(taken)), new Set([10_000]))
    assert.equal(taken.length, 7)
  })

  it('samples every second under load', () => {
    const taken = play(() => 0.9, 20_000)
    assert.ok(taken.length >= 19, String(taken.length))
    assert.ok(gaps(taken).every((gap) => gap <= 1_050))
  })

  it('samples within 1.2 s of a jump, wherever in the rest it comes', () => {
    for (let jumpAt = 20_160; jumpAt < 31_000; jumpAt += 170) {
      const first = play((ms) => (ms >= jumpAt ? 1 : 0.01), 40_000).find((sample) => (sample.stats['cpu'] ?? 0) > 0.2)
      assert.ok(first !== undefined && first.takenMs - jumpAt <= 1_200, `${jumpAt}: ${first?.takenMs}`)
    }
  })

  it('reports the quiet span before a jump as its own sample, and dilutes neither', () => {
    const taken = play((ms) => (ms >= 25_150 ? 1 : 0), 30_000)
    const loud = taken.findIndex((sample) => (sample.stats['cpu'] ?? 0) > 0)
    assert.equal(taken[loud]?.stats['cpu'], 1)
    assert.equal(taken[loud]?.at, 1_026_150)
    assert.equal(taken[loud - 1]?.at, 1_025_150)
    assert.equal(taken[loud - 1]?.stats['cpu'], 0)
    assert.equal(taken[loud - 1]?.takenMs, taken[loud]?.takenMs)
  })

  it('leaves no time unreported and reports none twice', () => {
    const taken = play(waves, 90_000)
    let fromMs = 0
    let sum = 0
    for (const sample of taken) {
      const toMs = sample.at - 1_000_000
      assert.ok(toMs > fromMs, 'in order')
      sum += (sample.stats['cpu'] ?? 0) * (toMs - fromMs)
      fromMs = toMs
    }
    let truth = 0
    for (let at = 0; at < fromMs; at += 10) truth += waves(at) * 10
    assert.ok(Math.abs(sum - truth) < truth * 0.01, `${sum} against ${truth}`)
  })

  it('goes back to rest gradually, never by a sudden step', () => {
    const taken = play((ms) => (ms < 5_000 ? 1 : 0), 80_000)
    const quiet = taken.filter((sample) => sample.takenMs > 6_000)
    for (const [index, sample] of quiet.entries()) {
      const before = quiet[index - 1]
      if (before === undefined) continue
      assert.ok(sample.periodMs >= before.periodMs)
      // At most doubling in 5 s; a gap of g ms may therefore grow by 2^(g / 5 s).
      assert.ok(sample.periodMs <= before.periodMs * 2 ** ((sample.takenMs - before.takenMs) / 5_000) + 1)
    }
    assert.ok((quiet[1]?.takenMs ?? 0) < 10_000, 'still looks closely just after the load')
    assert.equal(quiet.at(-1)?.periodMs, 10_000)
  })

  it('tells what its host gave to others, from the first time that it does', () => {
    const taken = play(() => 0.8, 60_000, { stolen: (ms) => Math.max(0, ms - 30_000) * 0.25 })
    const before = taken.filter(({ takenMs }) => takenMs < 30_000)
    const after = taken.filter(({ takenMs }) => takenMs > 32_000)
    assert.ok(before.length > 10 && before.every(({ stats }) => stats['steal'] === undefined))
    assert.ok(after.length > 10 && after.every(({ stats }) => stats['steal'] === 0.25))
    const never = play(() => 0.8, 20_000)
    assert.ok(
      never.every(({ stats }) => stats['steal'] === undefined),
      'a host of one’s own has nothing to tell',
    )
  })

  it('samples soon after news, without changing its pace', () => {
    const taken = play(() => 0.01, 40_000, { news: (ms) => ms > 24_000 && ms < 24_900 })
    assert.ok(taken.some((sample) => sample.takenMs > 24_000 && sample.takenMs < 25_000))
    assert.equal(taken.at(-1)?.periodMs, 10_000)
  })

  it('waits a moment for counters that stand still, then samples everything but the CPU', () => {
    const waiting = step(beginRhythm(halfBusy(0, 500)), halfBusy(1_000, 500), false)
    assert.deepEqual(waiting.samples, [])
    const frozen = step(waiting.rhythm, halfBusy(3_000, 500), false)
    assert.deepEqual(
      frozen.samples.map(({ stats }) => stats),
      [{ memory: 0.5 }],
    )
    const looking = step(frozen.rhythm, halfBusy(4_000, 1_500), false)
    const next = step(looking.rhythm, halfBusy(4_900, 2_400), false)
    assert.equal(next.samples[0]?.stats['cpu'], 0.5)
  })
})
