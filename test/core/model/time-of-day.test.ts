import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { timeOfDay, timeZoneOf, untilMinute, UTC } from '../../../src/core/model/time-zone.ts'

const HOUR = 3_600_000
const berlin = timeZoneOf('Europe/Berlin')

describe('times of day', () => {
  it('come next today, or tomorrow', () => {
    const noon = Date.UTC(2026, 0, 5, 12)
    assert.equal(untilMinute(18 * 60, noon, UTC), 6 * HOUR)
    assert.equal(untilMinute(12 * 60, noon, UTC), 24 * HOUR, 'not at once')
    assert.equal(untilMinute(13 * 60, noon, berlin), 24 * HOUR)
    assert.equal(untilMinute(13 * 60 + 1, noon, berlin), 60_000)
  })

  it('are those of the day on which the clocks are set', () => {
    // At 1:00 UTC on 29 March 2026 it becomes 3:00 in Berlin, on 25 October 2:00 again.
    assert.equal(untilMinute(4 * 60, Date.UTC(2026, 2, 28, 23, 30), berlin), 2.5 * HOUR)
    assert.equal(untilMinute(4 * 60, Date.UTC(2026, 9, 24, 22, 30), berlin), 4.5 * HOUR)
  })

  it('are told with the zone, and the day where it is another', () => {
    const evening = Date.UTC(2026, 6, 5, 16)
    assert.equal(timeOfDay(evening, evening - HOUR, UTC), '16:00 UTC')
    assert.match(timeOfDay(evening, evening - HOUR, berlin), /^18:00 (CEST|GMT\+2)$/)
    assert.match(timeOfDay(evening + 7 * HOUR, evening, berlin), /^Mon 6 Jul 01:00 /)
  })
})
