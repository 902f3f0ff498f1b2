import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_POLICY, type CalendarWindow } from '../../src/core/model/policy.ts'
import { calendar as setting } from '../../src/core/policy/fields/calendar.ts'
import { checkWindow, createCalendar } from '../../src/engine/loop/calendar.ts'

const office: CalendarWindow = {
  cron: '0 8 * * 1-5',
  forMs: 10 * 3_600_000,
  timeZone: 'Europe/Berlin',
  min: 4,
  max: null,
}
const openAt = (window: CalendarWindow, time: string): boolean =>
  createCalendar().open([window], Date.parse(time)).length === 1

/** When windows open and close between two times, looked at each minute: `+MM-DDTHH:MM -MM-DDTHH:MM`, UTC. */
function turns(text: string, from: string, to: string): string {
  const windows = setting.write(DEFAULT_POLICY, text).calendar
  windows.forEach(checkWindow)
  const calendar = createCalendar()
  const seen: string[] = []
  let was = false
  for (let at = Date.parse(from); at <= Date.parse(to); at += 60_000) {
    const is = calendar.open(windows, at).length > 0
    if (is !== was) seen.push(`${is ? '+' : '-'}${new Date(at).toISOString().slice(5, 16)}`)
    was = is
  }
  return seen.join(' ')
}

/** Each row: a name, the setting, from, to, and when it opens and closes. */
function rows(table: readonly (readonly [string, string, string, string, string])[]): void {
  for (const [name, text, from, to, wanted] of table) it(name, () => assert.equal(turns(text, from, to), wanted))
}

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
    assert.throws(
      () => checkWindow({ ...office, cron: '61 8 * * *' }),
      /"61 8 \* \* \*" is not a cron line \(Invalid value for minute: 61\)/,
    )
    assert.throws(() => checkWindow({ ...office, timeZone: 'Mars/Olympus' }), /no time zone called Mars\/Olympus/)
    assert.doesNotThrow(() => checkWindow(office))
  })
})

describe('a window whose start clocks skip opens at the first moment after the gap, once, for all of its time', () => {
  const berlin = ['2027-03-27T23:00Z', '2027-03-28T12:00Z'] as const
  const opens = '+03-28T01:00 -03-28T03:00'
  rows([
    ['a time of day', '30 2 * * * for 2h min=4 Europe/Berlin', ...berlin, opens],
    ['the whole hour', '0 2 * * * for 2h min=4 Europe/Berlin', ...berlin, opens],
    ['a list of hours', '30 2,14 * * * for 2h min=4 Europe/Berlin', ...berlin, opens],
    ['steps of minutes', '*/15 2 * * * for 2h min=4 Europe/Berlin', ...berlin, opens],
    ['steps of hours', '20 2-20/6 * * * for 2h min=4 Europe/Berlin', ...berlin, `${opens} +03-28T06:20 -03-28T08:20`],
    ['every minute of it', '* 2 * * * for 5m min=4 Europe/Berlin', ...berlin, '+03-28T01:00 -03-28T01:05'],
    ['with seconds', '0 30 2 * * * for 2h min=4 Europe/Berlin', ...berlin, opens],
    ['on that weekday alone', '30 2 * * sun for 2h min=4 Europe/Berlin', ...berlin, opens],
    [
      'every hour: by the clock, which does not show it',
      '30 * * * * for 10m min=4 Europe/Berlin',
      '2027-03-28T00:00Z',
      '2027-03-28T02:00Z',
      '+03-28T00:30 -03-28T00:40 +03-28T01:30 -03-28T01:40',
    ],
    [
      'a gap of half an hour',
      '15 2 * * * for 1h min=4 Australia/Lord_Howe',
      '2026-10-03T12:00Z',
      '2026-10-03T20:00Z',
      '+10-03T15:30 -10-03T16:30',
    ],
    [
      'a gap at midnight',
      '15 0 * * * for 1h min=4 Africa/Cairo',
      '2026-04-23T12:00Z',
      '2026-04-24T12:00Z',
      '+04-23T22:00 -04-23T23:00',
    ],
    [
      'a gap before midnight',
      '30 23 * * * for 1h min=4 America/Nuuk',
      '2027-03-27T12:00Z',
      '2027-03-28T12:00Z',
      '+03-28T01:00 -03-28T02:00',
    ],
    [
      'a gap before midnight, on that weekday alone',
      '0-27,31-59 23 * * sat for 1h min=4 America/Scoresbysund',
      '2027-03-27T12:00Z',
      '2027-03-29T12:00Z',
      '+03-28T01:00 -03-28T02:00',
    ],
  ])
})

describe('a window whose start comes twice opens the first time, once, for all of its time', () => {
  const newYork = ['2026-10-31T12:00Z', '2026-11-01T12:00Z'] as const
  rows([
    ['a time of day', '30 1 * * * for 1h min=4 America/New_York', ...newYork, '+11-01T05:30 -11-01T06:30'],
    ['shorter than the hour', '0 1 * * * for 15m min=4 America/New_York', ...newYork, '+11-01T05:00 -11-01T05:15'],
    [
      'steps of minutes',
      '*/30 1 * * * for 10m min=4 America/New_York',
      ...newYork,
      '+11-01T05:00 -11-01T05:10 +11-01T05:30 -11-01T05:40',
    ],
    ['open across it', '0 0 * * * for 2h min=4 America/New_York', ...newYork, '+11-01T04:00 -11-01T06:00'],
    [
      'every hour: by the clock, which shows it twice',
      '30 * * * * for 10m min=4 America/New_York',
      '2026-11-01T05:00Z',
      '2026-11-01T07:00Z',
      '+11-01T05:30 -11-01T05:40 +11-01T06:30 -11-01T06:40',
    ],
    [
      'half an hour twice',
      '45 1 * * * for 20m min=4 Australia/Lord_Howe',
      '2027-04-03T12:00Z',
      '2027-04-04T12:00Z',
      '+04-03T14:45 -04-03T15:05',
    ],
  ])
})

describe('days of a window are days of the calendar', () => {
  const all = '0 0 * * * for 24h min=4 Europe/Berlin'
  rows([
    ['of 25 hours', all, '2027-10-30T00:00Z', '2027-11-01T12:00Z', '+10-30T00:00'],
    ['of 23 hours', all, '2027-03-27T00:00Z', '2027-03-29T12:00Z', '+03-27T00:00'],
    [
      'one alone',
      '0 0 * * sun for 1d min=4 Europe/Berlin',
      '2027-10-30T12:00Z',
      '2027-11-01T12:00Z',
      '+10-30T22:00 -10-31T23:00',
    ],
    [
      'a weekend',
      '0 18 * * fri for 2d6h min=4 Europe/Berlin',
      '2027-10-29T12:00Z',
      '2027-11-01T12:00Z',
      '+10-29T16:00 -10-31T23:00',
    ],
    [
      'one that was skipped',
      '0 8 * * * for 10h min=4 Pacific/Apia',
      '2011-12-29T12:00Z',
      '2011-12-31T12:00Z',
      '+12-29T18:00 -12-30T04:00 +12-30T18:00 -12-31T04:00',
    ],
    [
      'all day, and one was skipped',
      '0 0 * * * for 1d min=4 Pacific/Apia',
      '2011-12-29T12:00Z',
      '2012-01-01T12:00Z',
      '+12-29T12:00',
    ],
    [
      'where clocks are never set',
      '30 8 * * * for 1d1h min=4 Asia/Kolkata',
      '2027-03-01T00:00Z',
      '2027-03-03T00:00Z',
      '+03-01T00:00',
    ],
  ])
})

describe('days of a cron line', () => {
  rows([
    [
      'of the month or of the week, where both are given',
      '0 0 13 * 5 for 1h min=4 UTC',
      '2027-08-06T12:00Z',
      '2027-08-16T00:00Z',
      '+08-13T00:00 -08-13T01:00',
    ],
    [
      'the 15th or a Friday',
      '0 0 15 * 5 for 1h min=4 UTC',
      '2027-08-06T12:00Z',
      '2027-08-16T00:00Z',
      '+08-13T00:00 -08-13T01:00 +08-15T00:00 -08-15T01:00',
    ],
    [
      'both, where one begins with a star',
      '0 0 */2 * 5 for 1h min=4 UTC',
      '2027-08-05T12:00Z',
      '2027-08-16T00:00Z',
      '+08-13T00:00 -08-13T01:00',
    ],
    [
      'a leap day',
      '0 0 29 2 * for 1h min=4 UTC',
      '2028-02-20T00:00Z',
      '2028-03-10T00:00Z',
      '+02-29T00:00 -02-29T01:00',
    ],
    ['no leap day', '0 0 29 2 * for 1h min=4 UTC', '2027-02-20T00:00Z', '2027-03-10T00:00Z', ''],
    [
      'the last of the month',
      '0 0 L * * for 1h min=4 UTC',
      '2027-02-20T00:00Z',
      '2027-03-10T00:00Z',
      '+02-28T00:00 -02-28T01:00',
    ],
    [
      'the last Friday',
      '0 0 * * friL for 1h min=4 UTC',
      '2027-02-15T00:00Z',
      '2027-03-10T00:00Z',
      '+02-26T00:00 -02-26T01:00',
    ],
    [
      'the second Tuesday',
      '0 0 * * tuesday#2 for 1h min=4 UTC',
      '2027-02-01T00:00Z',
      '2027-02-20T00:00Z',
      '+02-09T00:00 -02-09T01:00',
    ],
    [
      'the weekday next to the 14th',
      '0 0 14W * * for 1h min=4 UTC',
      '2027-02-01T00:00Z',
      '2027-02-20T00:00Z',
      '+02-15T00:00 -02-15T01:00',
    ],
    [
      'from Friday over Sunday',
      '0 0 * * fri-mon for 1d min=4 UTC',
      '2027-02-01T12:00Z',
      '2027-02-10T00:00Z',
      '+02-01T12:00 -02-02T00:00 +02-05T00:00 -02-09T00:00',
    ],
    ['@daily', '@daily for 1h min=4 UTC', '2027-02-01T12:00Z', '2027-02-02T12:00Z', '+02-02T00:00 -02-02T01:00'],
  ])

  it('that never come, and what is no day, are refused with what is wrong', () => {
    const refused = (cron: string, says: RegExp): void =>
      assert.throws(() => checkWindow({ ...office, cron }), says, cron)
    refused('0 0 30 2 *', /never happens/)
    refused('0 0 31 4,6,9,11 *', /never happens/)
    refused('@reboot', /five fields, .*@daily/)
    refused('0 0 8 * * 1 2027', /five fields/)
    refused('0 0 * * 5#6', /nth weekday out of range/)
    refused('0 0 * JANFEB *', /has to stand alone/)
    refused('*/0 * * * *', /illegal stepping: 0/)
  })
})

describe('windows that overlap', () => {
  it('are both open, and one that opens again before it closes lasts until the later end', () => {
    const windows = setting.write(DEFAULT_POLICY, '0 8 * * * for 4h min=4 UTC; 0 10 * * * for 1h max=9 UTC').calendar
    const at = Date.parse('2027-02-01T10:30Z')
    assert.deepEqual(
      createCalendar()
        .open(windows, at)
        .map(({ min, max }) => [min, max]),
      [
        [4, null],
        [null, 9],
      ],
    )
    const [often] = createCalendar().open(setting.write(DEFAULT_POLICY, '0 * * * * for 90m min=4 UTC').calendar, at)
    assert.equal(often?.until, Date.parse('2027-02-01T11:30Z'))
  })
})

describe('a clock far off', () => {
  const windows = setting.write(
    DEFAULT_POLICY,
    '0 8 * * 1-5 for 10h min=4 Europe/Berlin; 0 0 29 2 * for 1d min=5 UTC',
  ).calendar
  const asked = [
    '2027-02-01T12:00Z',
    '1970-01-01T00:00Z',
    '1970-01-02T09:00Z',
    '2027-02-01T12:00Z',
    '9999-12-31T12:00Z',
    '2027-02-01T11:00Z',
  ]

  it('does not keep a calendar from answering, there and back again', () => {
    const calendar = createCalendar()
    const begun = process.cpuUsage()
    const open = asked.map((time) => calendar.open(windows, Date.parse(time)).length)
    assert.deepEqual(open, [1, 0, 1, 1, 1, 1])
    for (const at of [-1e15, 8.64e15, 1e18, -Infinity]) assert.deepEqual(calendar.open(windows, at), [])
    assert.ok(process.cpuUsage(begun).user < 2_000_000, 'and at once')
  })

  it('costs nothing to ask every second of a day', () => {
    const calendar = createCalendar()
    const from = Date.parse('2027-02-01T00:00Z')
    const begun = process.cpuUsage()
    let open = 0
    for (let second = 0; second < 86_400; second++) open += calendar.open(windows, from + second * 1000).length
    assert.equal(open, 36_000)
    assert.ok(process.cpuUsage(begun).user < 2_000_000)
  })
})
