import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { timeTicks } from '../../../src/charts/value-axis.ts'
import { describeChart, rangeLabel } from '../../../src/core/model/chart.ts'
import { timeZoneOf, UTC, zoneOf } from '../../../src/core/model/time-zone.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const berlin = timeZoneOf('Europe/Berlin')
const WINTER = Date.UTC(2026, 10, 22, 14)
/** Clocks go from 2:00 to 3:00, and from 3:00 to 2:00. */
const SPRING = Date.UTC(2026, 2, 29, 1)
const AUTUMN = Date.UTC(2026, 9, 25, 1)

describe('a time zone', () => {
  it('knows its distance from UTC and its name, in summer and in winter', () => {
    assert.deepEqual([berlin.offsetMs(WINTER), berlin.nameAt(WINTER)], [HOUR, 'CET'])
    assert.deepEqual([berlin.offsetMs(SPRING), berlin.nameAt(SPRING)], [2 * HOUR, 'CEST'])
    assert.equal(timeZoneOf('Asia/Kolkata').offsetMs(WINTER), 5.5 * HOUR)
    assert.equal(timeZoneOf('America/St_Johns').offsetMs(WINTER), -3.5 * HOUR)
    assert.equal(timeZoneOf('UTC'), UTC)
    assert.throws(() => timeZoneOf('Mars/Olympus'), RangeError)
    assert.equal(berlin.offsetMs(1e300), 0)
  })

  it('is told with every time in words', () => {
    assert.equal(rangeLabel(WINTER, WINTER + 30 * MINUTE, false, berlin), '22 Nov 2026, 15:00–15:30 CET')
    // 23:30 to 0:30 there is one day in UTC, and two in Berlin.
    assert.equal(
      rangeLabel(WINTER + 8.5 * HOUR, WINTER + 9.5 * HOUR, false, berlin),
      '22 Nov, 23:30 – 23 Nov, 00:30 CET',
    )
    const spec = {
      title: 'CPU of pool web',
      subtitle: '',
      stat: 'cpu',
      unit: 'fraction' as const,
      fromAt: WINTER,
      toAt: WINTER + 30 * MINUTE,
      lines: [],
      counts: null,
      target: null,
      events: [{ at: WINTER + MINUTE, label: '-1', direction: 'in' as const }],
    }
    assert.equal(
      describeChart({ ...spec, timeZone: 'Europe/Berlin' }),
      'CPU of pool web, 15:00 to 15:30 CET: no samples in this range; 1 scale event: −1 at 15:01.',
    )
  })

  it('is told by both names where the clocks are set in between, and never left out', () => {
    const change = Date.UTC(2026, 9, 25, 1)
    assert.equal(rangeLabel(change - HOUR, change + HOUR, false, berlin), '25 Oct 2026, 02:00–03:00 CEST/CET')
    for (const span of [MINUTE, HOUR, DAY, 9 * DAY, 60 * DAY]) {
      for (const short of [true, false]) assert.match(rangeLabel(WINTER, WINTER + span, short, berlin), / CET$/)
    }
  })

  it('is UTC where none is said, or one that no machine knows', () => {
    assert.equal(zoneOf(undefined), UTC)
    assert.equal(zoneOf('Mars/Olympus'), UTC)
    assert.equal(zoneOf('Asia/Kolkata').nameAt(WINTER), 'GMT+5:30')
  })

  it('has its ticks at round local times', () => {
    const kolkata = timeTicks(WINTER, WINTER + 6 * HOUR, 7, timeZoneOf('Asia/Kolkata'))
    assert.deepEqual(
      kolkata.map(({ label }) => label),
      ['20:00', '21:00', '22:00', '23:00', '23 Nov', '01:00'],
    )
    const days = timeTicks(WINTER - 5 * DAY, WINTER, 7, berlin)
    assert.ok(days.every(({ value }) => (value + HOUR) % DAY === 0))
  })

  it('marks an hour that summer time skips once, and one that comes again once', () => {
    for (const change of [SPRING, AUTUMN]) {
      const ticks = timeTicks(change - 3 * HOUR, change + 3 * HOUR, 7, berlin)
      assert.ok(ticks.length >= 5, `${ticks.length} ticks`)
      assert.ok(ticks.every(({ value }, index) => index === 0 || value > (ticks[index - 1]?.value ?? 0)))
      assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length)
    }
  })
})
