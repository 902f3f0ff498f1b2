import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lastWeekly, sparedSince } from '../../../src/core/notify/channel.ts'

const at = (time: string): number => Date.parse(time)
const night = { from: 22 * 60, to: 7 * 60 }
const quiet = (time: string, timeZone: string | null = 'Europe/Berlin', hours = night): number | null =>
  sparedSince({ quiet: hours, snooze: null, timeZone }, at(time))

describe('quiet hours', () => {
  it('begin and end to the minute, over midnight, by the clocks of their zone', () => {
    assert.equal(quiet('2026-11-23T20:59:59Z'), null)
    assert.equal(quiet('2026-11-23T21:00:00Z'), at('2026-11-23T21:00:00Z'), '22:00 in Berlin')
    assert.equal(quiet('2026-11-24T05:59:59Z'), at('2026-11-23T21:00:00Z'))
    assert.equal(quiet('2026-11-24T06:00:00Z'), null)
    assert.equal(quiet('2026-11-23T22:00:00Z', null), at('2026-11-23T22:00:00Z'), 'UTC unless said')
    assert.equal(quiet('2026-11-23T21:59:00Z', null), null)
  })

  it('may lie within a day', () => {
    const lunch = { from: 12 * 60, to: 13 * 60 + 30 }
    assert.equal(quiet('2026-11-23T11:59:00Z', 'UTC', lunch), null)
    assert.equal(quiet('2026-11-23T13:29:59Z', 'UTC', lunch), at('2026-11-23T12:00:00Z'))
    assert.equal(quiet('2026-11-23T13:30:00Z', 'UTC', lunch), null)
  })

  it('move with summer time, and end by the clock in the night in which it is set', () => {
    assert.equal(quiet('2026-07-20T20:00:00Z'), at('2026-07-20T20:00:00Z'), '22:00 in summer')
    // 25 October 2026, 3:00 CEST becomes 2:00 CET: a night of ten hours.
    assert.equal(quiet('2026-10-25T05:59:00Z'), at('2026-10-24T20:00:00Z'))
    assert.equal(quiet('2026-10-25T06:00:00Z'), null)
    // 29 March 2026, 2:00 CET becomes 3:00 CEST: a night of eight hours.
    assert.equal(quiet('2026-03-29T04:59:00Z'), at('2026-03-28T21:00:00Z'))
    assert.equal(quiet('2026-03-29T05:00:00Z'), null)
    const early = { from: 2 * 60 + 30, to: 5 * 60 }
    assert.equal(quiet('2026-03-29T01:10:00Z', 'Europe/Berlin', early), at('2026-03-29T01:00:00Z'), '2:30 was skipped')
  })

  it('end once where the clocks show their end twice, and begin once where they show their beginning twice', () => {
    const early = { from: 22 * 60, to: 90 }
    const newYork = (time: string, hours = early): number | null => quiet(time, 'America/New_York', hours)
    // 1 November 2026, 2:00 EDT becomes 1:00 EST.
    assert.equal(newYork('2026-11-01T05:29:00Z'), at('2026-11-01T02:00:00Z'))
    for (const time of ['2026-11-01T05:30:00Z', '2026-11-01T06:10:00Z', '2026-11-01T06:30:00Z']) {
      assert.equal(newYork(time), null, time)
    }
    const late = { from: 90, to: 5 * 60 }
    for (const time of ['2026-11-01T05:30:00Z', '2026-11-01T06:10:00Z', '2026-11-01T06:30:00Z']) {
      assert.equal(newYork(time, late), at('2026-11-01T05:30:00Z'), time)
    }
  })

  it('that the clocks skip whole do not come, and a date that was skipped ends none early', () => {
    const gone = { from: 130, to: 170 }
    for (const time of ['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z', '2026-03-29T01:20:00Z']) {
      assert.equal(quiet(time, 'Europe/Berlin', gone), null, time)
    }
    // Friday, 30 December 2011 did not come in Samoa.
    assert.equal(quiet('2011-12-30T16:59:00Z', 'Pacific/Apia'), at('2011-12-30T10:00:00Z'))
    assert.equal(quiet('2011-12-30T17:00:00Z', 'Pacific/Apia'), null)
  })

  it('know zones of half hours and beyond the date line', () => {
    assert.equal(quiet('2026-11-23T16:30:00Z', 'Asia/Kolkata'), at('2026-11-23T16:30:00Z'))
    assert.equal(quiet('2026-11-23T16:29:00Z', 'Asia/Kolkata'), null)
    assert.equal(quiet('2026-11-23T09:00:00Z', 'Pacific/Auckland'), at('2026-11-23T09:00:00Z'), '22:00 NZDT')
  })
})

describe('a snooze', () => {
  const snooze = { from: at('2026-11-23T12:00:00Z'), until: at('2026-11-23T13:00:00Z') }
  it('ends by itself', () => {
    const of = { quiet: null, snooze, timeZone: null }
    assert.equal(sparedSince(of, snooze.until - 1), snooze.from)
    assert.equal(sparedSince(of, snooze.until), null)
  })

  it('and quiet hours together are one stretch', () => {
    const into = { from: at('2026-11-23T20:00:00Z'), until: at('2026-11-23T23:00:00Z') }
    const of = { quiet: night, snooze: into, timeZone: 'UTC' }
    assert.equal(sparedSince(of, at('2026-11-23T21:00:00Z')), into.from)
    assert.equal(sparedSince(of, at('2026-11-23T22:30:00Z')), into.from)
    assert.equal(sparedSince(of, at('2026-11-24T01:00:00Z')), at('2026-11-23T22:00:00Z'))
  })
})

describe('a weekly time', () => {
  const monday = { weekday: 1, minute: 9 * 60 }
  const last = (time: string, zone = 'Europe/Berlin', when = monday): readonly [string, string] => {
    const { at: instant, clock } = lastWeekly(when, zone, at(time))
    return [new Date(instant).toISOString().slice(0, 16), clock]
  }
  it('was last when the clocks of its zone showed it', () => {
    assert.deepEqual(last('2026-11-23T07:59:00Z'), ['2026-11-16T08:00', '2026-11-16T09:00'])
    assert.deepEqual(last('2026-11-23T08:00:00Z'), ['2026-11-23T08:00', '2026-11-23T09:00'])
    assert.deepEqual(last('2026-11-29T23:00:00Z'), ['2026-11-23T08:00', '2026-11-23T09:00'], 'Monday there, and early')
    assert.deepEqual(last('2026-11-23T00:00:00Z', 'Asia/Tokyo'), ['2026-11-23T00:00', '2026-11-23T09:00'])
    assert.deepEqual(last('2026-11-22T23:59:00Z', 'Asia/Tokyo'), ['2026-11-16T00:00', '2026-11-16T09:00'])
  })

  it('is the same clock time before and after the clocks are set', () => {
    assert.deepEqual(last('2026-10-21T12:00:00Z'), ['2026-10-19T07:00', '2026-10-19T09:00'])
    assert.deepEqual(last('2026-10-27T12:00:00Z'), ['2026-10-26T08:00', '2026-10-26T09:00'])
  })

  it('comes once where the clocks show it twice, and after the skip where they do not show it', () => {
    const half = { weekday: 0, minute: 150 }
    assert.deepEqual(last('2026-10-25T00:30:00Z', 'Europe/Berlin', half), ['2026-10-25T00:30', '2026-10-25T02:30'])
    assert.deepEqual(last('2026-10-25T01:30:00Z', 'Europe/Berlin', half), ['2026-10-25T00:30', '2026-10-25T02:30'])
    assert.deepEqual(
      last('2026-10-25T01:10:00Z', 'Europe/Berlin', half),
      ['2026-10-25T00:30', '2026-10-25T02:30'],
      'also while they show an earlier time again',
    )
    assert.equal(last('2026-03-29T00:59:00Z', 'Europe/Berlin', half)[1], '2026-03-22T02:30')
    for (const now of ['2026-03-29T01:00:00Z', '2026-03-29T01:15:00Z', '2026-03-29T05:00:00Z']) {
      assert.deepEqual(
        last(now, 'Europe/Berlin', half),
        ['2026-03-29T01:00', '2026-03-29T02:30'],
        'never in the future',
      )
    }
    assert.deepEqual(
      last('2026-10-03T15:40:00Z', 'Australia/Lord_Howe', { weekday: 0, minute: 135 }),
      ['2026-10-03T15:30', '2026-10-04T02:15'],
      'where the clocks are set by half an hour',
    )
  })
})
