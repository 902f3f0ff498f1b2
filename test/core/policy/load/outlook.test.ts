import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OutlookMemory } from '../../../../src/core/model/load.ts'
import {
  BASES,
  chosen,
  EMPTY_OUTLOOK,
  peakOf,
  peaks,
  replay,
  type Stakes,
} from '../../../../src/core/policy/load/outlook.ts'
import { EMPTY_SEASON } from '../../../../src/core/policy/load/season.ts'
import { timeline } from '../timeline.ts'

const STAKES: Stakes = { brim: 1.2, ceiling: 1.1, min: 1, max: 20, slowMinute: 5, idleMs: 60_000 }
const HORIZON = 60_000

/** Ten seconds each of these demands, with room kept for the highest of so many minutes. */
function live(demands: readonly number[], stakes = STAKES): OutlookMemory {
  let outlook = EMPTY_OUTLOOK
  let minutes: readonly number[] = []
  for (const [index, demand] of demands.entries()) {
    minutes = index % 6 === 0 ? [...minutes, demand] : [...minutes.slice(0, -1), Math.max(minutes.at(-1)!, demand)]
    const seen = { at: index * 10_000, demand, spanMs: 10_000 }
    const known = peaks({ minutes, season: EMPTY_SEASON }, demand, seen.at, HORIZON)
    outlook = replay(outlook, { ...seen, peaks: known }, HORIZON, stakes)
  }
  return outlook
}
const steps = (count: number, demand: (index: number) => number): readonly number[] =>
  Array.from({ length: count }, (_, index) => demand(index))
/** Five minutes of ten every half hour, which comes without a sign. */
const bursts = (index: number): number => (index % 180 >= 150 ? 10 : 1)

describe('the outlook', () => {
  it('begins with what is wanted now and no headroom, and stays there while that is enough', () => {
    assert.deepEqual(chosen(EMPTY_OUTLOOK), { base: 0, words: 'now', spare: 1 })
    assert.deepEqual(chosen(live(steps(2000, () => 3))), { base: 0, words: 'now', spare: 1 })
  })

  it('keeps room for what came within the half hour once bursts have shown that it pays', () => {
    const { words, spare } = chosen(live(steps(3000, bursts)))
    assert.ok(['the last 30 min', 'the last hour'].includes(words) || spare > 1, `${words} × ${spare}`)
  })

  it('does not, where a slow site costs next to nothing', () => {
    assert.equal(chosen(live(steps(3000, bursts), { ...STAKES, slowMinute: 0.01 })).words, 'now')
  })

  it('waits for more than one bad minute before it changes', () => {
    assert.equal(chosen(live(steps(190, bursts))).words, 'now')
  })

  it('goes back when it no longer pays', () => {
    const slopes = (index: number): number => 1 + 6 * Math.min(1, (index % 720) / 360)
    const before = live(steps(3000, bursts))
    const after = live([...steps(3000, bursts), ...steps(2 * 8640, slopes)])
    assert.notEqual(chosen(before).words, 'now')
    assert.equal(chosen(after).words, 'now', 'two days of gentle slopes, on which room is only idle')
  })

  it('never holds more than max, nor less than min, in any replay', () => {
    const { held } = live(steps(600, bursts), { ...STAKES, min: 2, max: 4 })
    assert.ok(held.every((count) => count >= 2 && count <= 4))
    assert.equal(held.length, EMPTY_OUTLOOK.costs.length)
  })

  it('looks back on whole minutes, the present one besides', () => {
    assert.equal(peakOf([9, 5, 6, 7], 0), 7)
    assert.equal(peakOf([9, 5, 6, 7], 2), 7)
    assert.equal(peakOf([9, 8, 6, 7], 2), 8)
    assert.equal(peakOf([9, 5], 60), 9)
    assert.equal(peakOf([], 5), 0)
    assert.equal(peaks({ minutes: [9, 5], season: EMPTY_SEASON }, 12, 0, HORIZON).length, BASES.length)
    assert.ok(peaks({ minutes: [9, 5], season: EMPTY_SEASON }, 12, 0, HORIZON).every((peak) => peak === 12))
  })

  it('serves a pool with sudden bursts: the second hour of them finds it ready', () => {
    const pool = timeline({}, { reports: ['cpu', 'rps', 'inflight'], stepSeconds: 5, told: { bootMs: 60_000 } })
    const load = (t: number): number => (t % 1800 >= 1500 ? 6 : 1)
    pool.run(8 * 3600, load)
    const slow = pool.slowSeconds()
    const judgements = pool.run(4 * 3600, load)
    assert.ok(slow > 0)
    assert.ok(pool.slowSeconds() - slow <= 60, `${pool.slowSeconds() - slow} s slow, ${slow} s before`)
    assert.ok(judgements.some((judgement) => /headroom is kept for/i.test(judgement.reason)))
  })
})
