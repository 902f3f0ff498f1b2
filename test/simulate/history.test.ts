import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Stretch } from '../../src/core/model/history.ts'
import { demandOf, gapMs, historyOf } from '../../src/simulate/history.ts'

const MINUTE = 60_000
const T = 1_790_000_040_000

/** Minutes from `T` on, one stretch each. */
const minutes = (...rows: readonly (readonly [mean: number, members: number])[]): readonly Stretch[] =>
  rows.map(([mean, members], index) => ({ fromAt: T + index * MINUTE, toAt: T + (index + 1) * MINUTE, mean, members }))

describe('a history', () => {
  it('is demand in full members: their CPU times how many reported', () => {
    const history = historyOf(minutes([0.5, 1], [0.5, 3], [0.25, 2]), T)
    assert.deepEqual(
      history?.points.map(({ demand }) => demand),
      [0.5, 1.5, 0.5],
    )
    assert.equal(history?.points[0]?.at, T + MINUTE / 2)
    assert.deepEqual([history?.fromAt, history?.toAt], [T, T + 3 * MINUTE])
  })

  it('tells what was recorded: full minutes, member-hours, the most members', () => {
    const history = historyOf(minutes([0.94, 1], [0.95, 1], [1, 2.5], [0.4, 3]), T)
    assert.equal(history?.recorded.fullMs, 2 * MINUTE)
    assert.ok(Math.abs(history.recorded.memberHours - 7.5 / 60) < 1e-9)
    assert.equal(history.recorded.peak, 3)
    assert.deepEqual(history.gaps, [])
    assert.equal(history.grainMs, MINUTE)
  })

  it('counts from the beginning that was asked for, and keeps what is before to warm up', () => {
    const history = historyOf(minutes([1, 9], [1, 9], [0.5, 1], [0.5, 1]), T + 2 * MINUTE)
    assert.equal(history?.points.length, 4)
    assert.equal(history?.fromAt, T + 2 * MINUTE)
    assert.equal(history?.recorded.fullMs, 0)
    assert.equal(history?.recorded.peak, 1)
    // In the middle of a stretch, only the rest of it counts.
    assert.equal(historyOf(minutes([1, 1], [1, 1]), T + MINUTE / 2)?.recorded.fullMs, 1.5 * MINUTE)
  })

  it('is as long as what is known, and tells of holes', () => {
    const all = minutes(...Array.from({ length: 60 }, () => [0.5, 1] as const))
    const holed = [...all.slice(0, 10), ...all.slice(40)]
    const history = historyOf(holed, T - 3_600_000)
    assert.deepEqual([history?.fromAt, history?.toAt], [T, T + 60 * MINUTE])
    assert.deepEqual(history?.gaps, [{ fromAt: T + 10 * MINUTE, toAt: T + 40 * MINUTE }])
    assert.equal(gapMs(history), 30 * MINUTE)
    assert.equal(historyOf([], T), null)
    assert.equal(historyOf(all, T + 60 * MINUTE), null)
  })
})

describe('the demand of a history', () => {
  const demand = (stretches: readonly Stretch[]): ReturnType<typeof demandOf> => demandOf(historyOf(stretches, T)!, 100)

  it('runs in straight lines between the middles of its stretches', () => {
    const { seconds, startsAt, rate } = demand(minutes([1, 1], [1, 3]))
    assert.equal(seconds, 120 - (startsAt - T / 1000))
    const at = (second: number): number => rate(T / 1000 + second - startsAt)
    assert.deepEqual([at(0), at(30), at(60), at(90), at(119)].map(Math.round), [100, 100, 200, 300, 300])
  })

  it('goes on as before through a hole', () => {
    const all = minutes(...Array.from({ length: 60 }, (_, index) => [1, index < 30 ? 2 : 4] as const))
    const { startsAt, rate } = demand([...all.slice(0, 10), ...all.slice(40)])
    const at = (minute: number): number => rate(T / 1000 + minute * 60 - startsAt)
    assert.deepEqual([at(9), at(25), at(39), at(41)], [200, 200, 200, 400])
  })
})
