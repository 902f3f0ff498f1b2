import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { timeZoneOf } from '../../src/core/model/time-zone.ts'
import { shifted } from '../../src/web/stats/data.ts'
import { roundTimes } from '../../src/web/stats/time-axis.ts'
import { daysLater } from '../../src/web/stats/view.ts'

const HOUR = 3_600_000
const BERLIN = timeZoneOf('Europe/Berlin')
/** Every hour of the day before, and behind which hours of the day it stands. */
function behind(midnight: string, days: number, zone = BERLIN): readonly string[] {
  const from = daysLater(Date.parse(midnight), -days, zone)
  const at = Array.from({ length: 24 }, (_, hour) => from + hour * HOUR)
  const values = at.map((instant) => new Date(instant + zone.offsetMs(instant)).getUTCHours())
  const line = { stat: 'cpu', member: null, stepMs: HOUR, at, mean: values, min: values, max: values }
  const moved = shifted(line, (instant) => daysLater(instant, days, zone))
  assert.equal(moved.mean.length, moved.at.length)
  assert.equal(moved.max.length, moved.at.length)
  assert.deepEqual(
    moved.at,
    moved.at.toSorted((a, b) => a - b),
  )
  return moved.at.map((instant, index) => {
    const hour = new Date(instant + zone.offsetMs(instant)).getUTCHours()
    return `${moved.mean[index]} at ${hour}`
  })
}

describe('a day behind another', () => {
  const whole = Array.from({ length: 24 }, (_, hour) => `${hour} at ${hour}`)

  it('stands at what the clocks show, also where they are set on either of the two', () => {
    assert.deepEqual(behind('2026-10-20T22:00:00Z', 1), whole)
    // Two o'clock is twice on the 25th: the day before stands at the first.
    assert.deepEqual(behind('2026-10-24T22:00:00Z', 1), whole)
    // And it is the 25th that is behind: its second two o'clock is left out, and 24 hours are not all of it.
    assert.deepEqual(behind('2026-10-25T23:00:00Z', 1), whole.slice(0, 23))
    // There is no two o'clock on 29 March.
    assert.deepEqual(behind('2026-03-28T23:00:00Z', 1), ['0 at 0', '1 at 1', '2 at 3', ...whole.slice(4)])
    assert.deepEqual(behind('2026-03-28T23:00:00Z', 7), ['0 at 0', '1 at 1', '2 at 3', ...whole.slice(4)])
    assert.deepEqual(behind('2026-10-20T00:00:00Z', 7, timeZoneOf('UTC')), whole)
  })
})

describe('the times on an axis', () => {
  it('are round on the clocks up to the end, also of a day on which they are set', () => {
    for (const [from, to, last] of [
      ['2026-10-20T22:00:00Z', '2026-10-21T22:00:00Z', '2026-10-21T22:00:00Z'],
      ['2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', '2026-03-29T22:00:00Z'],
      ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', '2026-10-25T23:00:00Z'],
    ] as const) {
      const times = roundTimes(Date.parse(from), Date.parse(to), 12, BERLIN)
      assert.equal(new Date(times.at(-1) ?? 0).toISOString().replace('.000', ''), last)
      for (const at of times) assert.equal((at + BERLIN.offsetMs(at)) % HOUR, 0)
    }
  })
})
