import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chosen } from '../../../../src/core/policy/load/outlook.ts'
import { EMPTY_SEASON, note, sameTime } from '../../../../src/core/policy/load/season.ts'
import type { Season } from '../../../../src/core/model/load.ts'
import { timeline, type Timeline } from '../timeline.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Monday. */
const MIDNIGHT = Date.UTC(2026, 4, 18)

describe('the same time of day', () => {
  const at = MIDNIGHT + 12 * HOUR

  it('is the highest seen then, a day or a week ago', () => {
    let season: Season = note(EMPTY_SEASON, at, 4)
    season = note(season, at + MINUTE, 6)
    season = note(season, at + 2 * MINUTE, 2)
    assert.equal(sameTime(season, at + DAY, 5 * MINUTE, 'day'), 6)
    assert.equal(sameTime(season, at + DAY, 0, 'week'), null)
    // A week later its place in the ring is about to be written again, and is still read.
    season = note(season, at + 7 * DAY - 5 * MINUTE, 1)
    assert.equal(sameTime(season, at + 7 * DAY - 5 * MINUTE, 5 * MINUTE, 'week'), 6)
  })

  it('looks as far ahead as a clone boots', () => {
    const season = note(EMPTY_SEASON, at, 6)
    assert.equal(sameTime(season, at + DAY - 10 * MINUTE, 5 * MINUTE, 'day'), null)
    assert.equal(sameTime(season, at + DAY - 10 * MINUTE, 10 * MINUTE, 'day'), 6)
  })

  it('is unknown where nobody watched, and what is over a week old is forgotten', () => {
    let season = note(EMPTY_SEASON, at, 6)
    season = note(season, at + 3 * DAY, 1)
    assert.equal(sameTime(season, at + 2 * DAY, 5 * MINUTE, 'day'), null)
    season = note(season, at + 9 * DAY, 1)
    assert.equal(sameTime(season, at + 7 * DAY, 5 * MINUTE, 'week'), null)
    assert.equal(sameTime(EMPTY_SEASON, at, MINUTE, 'day'), null)
  })
})

describe('the season', () => {
  /** Quiet days with a rush hour; `rushing` says on which days it comes. */
  function days(pool: Timeline, from: number, count: number, rush: (day: number) => boolean): readonly number[] {
    return Array.from({ length: count }, (_, index) => {
      const before = pool.slowSeconds()
      const hour = (t: number): boolean => t >= 12 * 3600 && t < 13 * 3600
      pool.run(24 * 3600, (t) => (hour(t) && rush(from + index) ? 6 : 0.6))
      return pool.slowSeconds() - before
    })
  }
  const start = (): Timeline =>
    timeline({}, { stepSeconds: 30, startAt: MIDNIGHT, reports: ['cpu', 'rps', 'inflight'], told: { bootMs: 60_000 } })

  it('is followed once replay shows that it pays, and the rush finds its members waiting', () => {
    const pool = start()
    const slow = days(pool, 0, 4, () => true)
    assert.ok(slow[0]! > 0, 'nobody could have known the first')
    assert.deepEqual(slow.slice(2), [0, 0])
    assert.equal(chosen(pool.memory().load!.outlook).words, 'yesterday at this time')
    pool.run(12 * 3600 - 60, () => 0.6)
    assert.ok(pool.size() >= 7, `${pool.size()} members a minute before noon`)
    assert.match(
      pool.run(30, () => 0.6)[0]!.reason,
      /^Holding at \d: CPU 9 %, target 80 %; headroom is kept for as much as came yesterday at this time/,
    )
  })

  it('is left again by itself when the rush no longer comes', () => {
    const pool = start()
    days(pool, 0, 3, () => true)
    assert.equal(chosen(pool.memory().load!.outlook).words, 'yesterday at this time')
    days(pool, 3, 4, () => false)
    pool.run(12 * 3600 - 60, () => 0.6)
    assert.equal(pool.size(), 1)
  })

  it('is not followed where days are not alike', () => {
    const pool = start()
    const hours = [3, 17, 9, 22]
    for (const rush of hours) pool.run(24 * 3600, (t) => (Math.floor(t / 3600) === rush ? 3 : 0.6))
    const before = pool.size()
    // Yesterday at ten to eleven at night there was a rush; nothing speaks for another.
    pool.run(21.9 * 3600, () => 0.6)
    assert.equal(before, 1)
    assert.ok(pool.size() <= 4)
    assert.notEqual(chosen(pool.memory().load!.outlook).words, 'last week at this time')
  })
})
