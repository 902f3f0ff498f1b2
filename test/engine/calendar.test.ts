import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CalendarWindow } from '../../src/core/model/policy.ts'
import { checkWindow, createCalendar } from '../../src/engine/calendar.ts'

const office: CalendarWindow = {
  cron: '0 8 * * 1-5',
  forMs: 10 * 3_600_000,
  timeZone: 'Europe/Berlin',
  min: 4,
  max: null,
}
const openAt = (window: CalendarWindow, time: string): boolean =>
  createCalendar().open([window], Date.parse(time)).length === 1

describe('calendar', () => {
  it('opens when its cron line fires, in its time zone, and closes when its time is over', () => {
    assert.equal(openAt(office, '2026-11-23T06:59:59Z'), false)
    assert.equal(openAt(office, '2026-11-23T07:00:00Z'), true, '8:00 in Berlin')
    assert.equal(openAt(office, '2026-11-23T16:59:59Z'), true)
    assert.equal(openAt(office, '2026-11-23T17:00:00Z'), false)
    assert.equal(openAt(office, '2026-11-22T12:00:00Z'), false, 'a Sunday')
    assert.equal(openAt(office, '2026-07-20T06:00:00Z'), true, 'summer time')
  })

  it('says until when, and what it raises', () => {
    const now = Date.parse('2026-11-23T09:00:00Z')
    const [open] = createCalendar().open([office], now)
    assert.equal(open?.until, Date.parse('2026-11-23T17:00:00Z'))
    assert.deepEqual([open?.min, open?.max], [4, null])
    assert.match(open?.name ?? '', /0 8 \* \* 1-5, 10 h, Europe\/Berlin/)
  })

  it('goes on from where it last looked, also over a day and a change of policy', () => {
    const calendar = createCalendar()
    const seen: boolean[] = []
    for (let at = Date.parse('2026-11-23T00:00:00Z'); at < Date.parse('2026-11-24T00:00:00Z'); at += 3_600_000) {
      seen.push(calendar.open([office], at).length === 1)
    }
    assert.deepEqual(
      seen.map((open, hour) => (open ? hour : -1)).filter((hour) => hour >= 0),
      [7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    )
    const longer = { ...office, forMs: 12 * 3_600_000 }
    assert.equal(calendar.open([longer], Date.parse('2026-11-23T18:30:00Z')).length, 1)
  })

  it('understands lines with seconds', () => {
    const window = { ...office, cron: '30 0 8 * * *', forMs: 60_000, timeZone: 'UTC' }
    assert.equal(openAt(window, '2026-11-23T08:00:40Z'), true)
    assert.equal(openAt(window, '2026-11-23T08:02:00Z'), false)
  })

  it('says what is wrong with a line or a time zone', () => {
    assert.throws(() => checkWindow({ ...office, cron: '61 8 * * *' }), /"61 8 \* \* \*" is no cron line \(minute/)
    assert.throws(() => checkWindow({ ...office, timeZone: 'Mars/Olympus' }), /no time zone called Mars\/Olympus/)
    assert.doesNotThrow(() => checkWindow(office))
  })
})
